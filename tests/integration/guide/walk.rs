//! What an operator does with several nodes, in the order of the guide.

use super::cluster::{Cluster, can_run};
use super::page::{Block, section};
use attache_tests::report;

/// Opens an upload, and sends what is missing of it until it is whole.
const UPLOAD: &str = r#"
tus() { curl --silent --header "Authorization: Bearer $TOKEN" --header "Tus-Resumable: 1.0.0" "$@"; }
offset() { tus --head "$at" | tr -d '\r' | sed -n 's/^upload-offset: //Ip'; }
send() {
  tail -c "+$(($(offset) + 1))" large.bin | tus --request PATCH "$at" --data-binary @- --output /dev/null "$@" \
    --header "Content-Type: application/offset+octet-stream" --header "Upload-Offset: $(offset)"
}
writing() { curl --silent "http://$1/metrics" | grep -qx 'attache_uploads_writing [1-9]'; }
"#;

/// Something that is asked of all nodes together, over and over, by a client that retries once.
const ASK: &str = r#"
asked=0 failed=0
while [ ! -e stop ]; do
  asked=$((asked + 1))
  echo "$asked" | curl --silent --show-error --output /dev/null --fail --retry 1 --retry-delay 1 --retry-all-errors --upload-file - \
    --header "Authorization: Bearer $TOKEN" "https://files.example.com/v1/files/by-path/rolling/$asked.txt" || failed=$((failed + 1))
done
rm stop
echo "$asked $failed"
"#;

#[test]
fn several_nodes_are_set_up_used_restarted_backed_up_and_upgraded_as_the_guide_says() {
    if !can_run() {
        return;
    }
    let cluster = Cluster::empty();
    let token = cluster.set_up();
    a_large_upload_survives_the_node_that_takes_it(&cluster, &token);
    numbers_are_shown_to_the_operator_alone(&cluster);
    nobody_notices_a_rolling_restart(&cluster, &token);
    a_backup_is_tried_and_used(&cluster, &token);
    an_upgrade_goes_node_by_node(&cluster);
    assert_eq!(digest(&cluster, &token), sent(&cluster), "the file is what was sent");
}

fn a_large_upload_survives_the_node_that_takes_it(cluster: &Cluster, token: &str) {
    let (front, nodes) = (&cluster.front, &cluster.nodes);
    let took = front.run(&format!(
        "export TOKEN={token}\n{UPLOAD}\nhead -c 50000000 /dev/urandom >large.bin\n\
         at=$(tus --include --request POST https://files.example.com/v1/uploads --header 'Upload-Length: 50000000' \
           --header \"Upload-Metadata: filename $(printf large.bin | base64)\" | tr -d '\\r' | sed -n 's/^location: //Ip')\n\
         echo \"$at\" >at\n\
         send --limit-rate 5M >/dev/null 2>&1 </dev/null &\n\
         until writing 10.0.0.11:9090 || writing 10.0.0.12:9090; do sleep 0.05; done\n\
         if writing 10.0.0.11:9090; then echo 0; else echo 1; fi"
    ));
    let node = &nodes[took.trim().parse::<usize>().unwrap()];
    node.kill("attache");
    front.run(&format!(
        "export TOKEN={token}\n{UPLOAD}\nat=$(cat at)\nuntil [ \"$(offset)\" = 50000000 ]; do send || true; done"
    ));
    assert_eq!(digest(cluster, token), sent(cluster), "the file is what was sent");
    node.run("systemctl start attache");
    cluster.await_nodes();
}

/// The digest of the large file as it comes through everything.
fn digest(cluster: &Cluster, token: &str) -> String {
    cluster.front.run(&format!(
        "get() {{ curl --silent --fail --location --header 'Authorization: Bearer {token}' \"$@\"; }}
         id=$(get 'https://files.example.com/v1/files?name=large.bin' | grep -o '\"id\":\"[^\"]*' | head -n 1 | cut -d '\"' -f 4)
         get \"https://files.example.com/v1/files/$id/content\" | sha256sum"
    ))
}

fn sent(cluster: &Cluster) -> String {
    cluster.front.run("sha256sum <large.bin")
}

fn numbers_are_shown_to_the_operator_alone(cluster: &Cluster) {
    for address in ["10.0.0.11:9090", "10.0.0.12:9090"] {
        let page = cluster.front.run(&format!("curl --silent --fail http://{address}/metrics"));
        assert!(page.contains("attache_build_info{"), "{page}");
    }
    let status = "curl --silent --output /dev/null --write-out '%{http_code}' https://files.example.com/metrics";
    assert_eq!(cluster.front.run(status), "404");
}

fn nobody_notices_a_rolling_restart(cluster: &Cluster, token: &str) {
    let [restart]: [Block; 1] = section("Rolling restart").try_into().expect("one block");
    let said = std::thread::scope(|scope| {
        let asking = scope.spawn(|| cluster.front.run(&format!("export TOKEN={token}\n{ASK}")));
        for node in &cluster.nodes {
            node.follow(&restart);
        }
        cluster.front.run("touch stop");
        asking.join().unwrap()
    });
    let (asked, failed) = said.trim().split_once(' ').unwrap();
    report(&format!(
        "rolling restart of two nodes behind nginx: {asked} uploads by a client that retries once, {failed} failed"
    ));
    assert_eq!(failed, "0", "of {asked}{}", cluster.front.logs());
}

fn a_backup_is_tried_and_used(cluster: &Cluster, token: &str) {
    let [take, drill, empty, place, restore]: [Block; 5] =
        section("Backup and restore").try_into().expect("five blocks");
    cluster.nodes[0].follow(&take);
    cluster.nodes[0].follow(&drill);
    cluster.nodes.iter().for_each(|node| drop(node.run("systemctl stop attache")));
    [empty, place, restore].iter().for_each(|block| drop(cluster.follow(block)));
    cluster.nodes.iter().for_each(|node| drop(node.run("systemctl start attache")));
    cluster.await_nodes();
    assert_eq!(digest(cluster, token), sent(cluster), "the file is what was sent");
}

fn an_upgrade_goes_node_by_node(cluster: &Cluster) {
    section("Upgrade").iter().for_each(|block| drop(cluster.follow(block)));
    cluster.await_nodes();
}
