//! What Sonar's own page on files shows, with its very commands, numbers and answers: a file is uploaded and put on account
//! 1, and the file of ticket reply 49 is looked up and downloaded.

use super::desk::EVERYTHING;
use crate::clients::drive;
use std::process::Command;
use tempfile::TempDir;

/// What the commands stand in: a server that is asked strictly, and files before the one that the page talks of.
const BEFORE: &str = r#"
set -euo pipefail
BEARER_TOKEN=$ATTACHE_TOKEN
curl() { command curl --silent --show-error --fail-with-body "$@"; }
is() { read -r said; [ "$said" = "$1" ] || { echo "$said is not $1"; exit 1; }; }
graphql() {
  curl --header "Authorization: Bearer $BEARER_TOKEN" --header 'Content-Type: application/json' --data-binary @- \
    $ATTACHE_URL/api/graphql
  echo
}
upload() { curl --header "Authorization: Bearer $BEARER_TOKEN" "$@" $ATTACHE_URL/api/files; echo; }

files=0
# Uploads until there are so many files.
fill() {
  local form
  while [ $files -lt $1 ]; do
    form=()
    for ((more = 0; more < 20 && files < $1; more++, files++)); do form+=(--form 'files[]=@other.txt'); done
    upload "${form[@]}" > answer
  done
}

echo other > other.txt
head -c 200000 /dev/urandom > myFile.pdf
head -c 300000 /dev/urandom > 'Wireless Landlord form.pdf'
"#;

/// Upload, then link.
const UPLOAD: &str = r#"
fill 60
{
curl --request POST \
--header "Authorization: Bearer $BEARER_TOKEN" \
--form 'files[]=@myFile.pdf' \
$ATTACHE_URL/api/files
echo
} | is '{"files":[{"id":61,"filename":"myFile.pdf","stored":true,"failure_message":null}]}'
files=61

echo '{"query":"mutation { linkFileToEntity (input:{ files:{ file_id:61 } fileable_type:Account fileable_id:1 }) { id } }"}' |
  graphql | is '{"data":{"linkFileToEntity":{"id":"1"}}}'
# The page prints it over several lines, and once more is as good as once.
echo '{"query":"mutation {\nlinkFileToEntity (input:{\nfiles:{\nfile_id:61\n}\nfileable_type:Account\nfileable_id:1\n}) {\nid\n}\n}"}' |
  graphql | is '{"data":{"linkFileToEntity":{"id":"1"}}}'
"#;

/// Look up, then download.
const DOWNLOAD: &str = r#"
fill 417
upload --form 'files[]=@Wireless Landlord form.pdf' |
  is '{"files":[{"id":418,"filename":"Wireless Landlord form.pdf","stored":true,"failure_message":null}]}'
echo '{"query":"mutation { linkFileToEntity (input:{ files:{ file_id:418 } fileable_type:TicketReply fileable_id:49 }) { id } }"}' |
  graphql | is '{"data":{"linkFileToEntity":{"id":"49"}}}'

echo '{"query":"{ files (fileable_type:TicketReply fileable_id:49) { entities { id filename } } }"}' |
  graphql | is '{"data":{"files":{"entities":[{"id":"418","filename":"Wireless Landlord form.pdf"}]}}}'
curl --header "Authorization: Bearer $BEARER_TOKEN" --output download.pdf $ATTACHE_URL/api/files/418
cmp download.pdf 'Wireless Landlord form.pdf'
curl --header "Authorization: Bearer $BEARER_TOKEN" $ATTACHE_URL/api/files/61 | cmp - myFile.pdf
"#;

#[tokio::test]
async fn the_commands_of_sonars_page_are_answered_as_it_prints_them() {
    let homes = std::cell::RefCell::new(Vec::new());
    drive(&[("ATTACHE_TOKEN", EVERYTHING)], &[], || {
        let home = TempDir::new().unwrap();
        let mut shell = Command::new("bash");
        shell.args(["-c", &[BEFORE, UPLOAD, DOWNLOAD].concat()]).current_dir(home.path());
        homes.borrow_mut().push(home);
        shell
    })
    .await;
}
