//! Every limit, in one table: name, default, unit and what it bounds. `attache config` prints it, the settings change it.

use crate::legal_hold::LEGAL_HOLD_REASON_MAX;
use crate::name::{EXTENSION_MAX, NAME_MAX, PATH_LEVELS_MAX};
use std::time::Duration;

macro_rules! limits {
    ($($(#[doc = $doc:literal])* $name:ident: $unit:ident = $default:expr,)*) => {
        /// The limits in force.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits { $($(#[doc = $doc])* pub $name: u64,)* }

        impl Default for Limits {
            fn default() -> Limits {
                Limits { $($name: $default,)* }
            }
        }

        impl Limits {
            /// The table: name, unit and meaning of each limit.
            pub const TABLE: &'static [Limit] =
                &[$(Limit { name: stringify!($name), unit: stringify!($unit), default: $default, meaning: concat!($($doc),*) },)*];

            /// The value of the limit called `name`.
            pub fn get(&self, name: &str) -> Option<u64> {
                match name { $(stringify!($name) => Some(self.$name),)* _ => None }
            }

            /// Sets the limit called `name`; false when there is none of that name.
            pub fn set(&mut self, name: &str, value: u64) -> bool {
                match name { $(stringify!($name) => self.$name = value,)* _ => return false }
                true
            }
        }
    };
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The name in settings.
    pub name: &'static str,
    /// The unit its number counts.
    pub unit: &'static str,
    /// The value where nobody sets it.
    pub default: u64,
    /// What it bounds.
    pub meaning: &'static str,
}

const fn fixed(name: &'static str, unit: &'static str, value: usize, meaning: &'static str) -> Limit {
    Limit { name, unit, default: value as u64, meaning }
}

limits! {
    /// Largest file.
    file_bytes: bytes = 2 << 30,
    /// Largest content that is kept in the database's own transaction instead of a file of its own.
    inline_bytes: bytes = 64 << 10,
    /// Largest JSON body.
    json_bytes: bytes = 1 << 20,
    /// Deepest nesting of a JSON body.
    json_depth: levels = 32,
    /// Most parts in a multipart body.
    multipart_parts: parts = 100,
    /// Largest text field of a multipart body.
    multipart_field_bytes: bytes = 64 << 10,
    /// Most headers of one part.
    part_headers: headers = 16,
    /// Largest header block of one part.
    part_header_bytes: bytes = 8 << 10,
    /// Most bytes before the first boundary.
    multipart_preamble_bytes: bytes = 1 << 10,
    /// Time a client has for the request line and headers.
    header_read: seconds = 10,
    /// Most request headers.
    headers: headers = 64,
    /// Largest block of request line and headers.
    header_bytes: bytes = 16 << 10,
    /// Longest request target.
    target_bytes: bytes = 8 << 10,
    /// Longest pause while a body comes in, and the time that a sender has for each `body_floor` of it.
    body_idle: seconds = 30,
    /// Least part of a body that must come in that time, unless it ends: a slower one is cut. 0 lets any part do.
    body_floor: bytes = 1 << 10,
    /// Longest time without progress while an answer goes out.
    send_idle: seconds = 60,
    /// Most bytes of a content that an answer has itself where `downloads` is `redirect`; with more it leads to the store.
    redirect_bytes: bytes = 1 << 20,
    /// Life of the link that it leads with.
    redirect_life: seconds = 60,
    /// Most connections at once; further ones wait in the kernel's queue.
    connections: connections = 4096,
    /// Most uploads that are written at once; further ones wait.
    uploads: uploads = 128,
    /// Most of them that one account gets; its further ones wait although there is room for others'. 0 is three quarters.
    uploads_per_account: uploads = 0,
    /// Time an upload waits for its turn before it is told to come again.
    upload_wait: seconds = 30,
    /// Most bodies that carry a file inside of a text (JSON, XML) and are read at once; further ones wait as uploads do.
    decoders: bodies = 64,
    /// Most items on one page of a native list.
    page_items: items = 1000,
    /// Most items in one batch.
    batch_items: items = 1000,
    /// Most keys of a file's metadata.
    metadata_keys: keys = 64,
    /// Largest metadata of a file, keys and values together.
    metadata_bytes: bytes = 64 << 10,
    /// Longest life of a native signed link.
    share_life: seconds = 7 * 24 * 3600,
    /// Life of a native signed link that names none.
    share_default: seconds = 15 * 60,
    /// Life of a session in a browser; it ends with its token in any case.
    session_life: seconds = 12 * 3600,
    /// Longest life of a panel's token.
    panel_life: seconds = 24 * 3600,
    /// Life of a panel's token that names none.
    panel_default: seconds = 3600,
    /// Life of the links to contents that a panel shows; they end with its token in any case.
    panel_link_life: seconds = 15 * 60,
    /// Longest life of an intake link.
    intake_life: seconds = 90 * 24 * 3600,
    /// Life of an intake link that names none.
    intake_default: seconds = 7 * 24 * 3600,
    /// Most files that one intake link takes.
    intake_files: files = 1000,
    /// Most wrong passwords of one intake link in a minute, for each node.
    intake_tries: tries = 10,
    /// Longest life of a signed URL in HubSpot's dialect.
    hubspot_signed_life: seconds = 21_600,
    /// Most unknown tokens from one address in a minute, for each node; further ones are told to come again. Valid ones
    /// are let in all the same.
    token_tries: tries = 300,
    /// Largest part in Kommo's dialect.
    kommo_part_bytes: bytes = 512 << 10,
    /// Largest file in Kommo's dialect.
    kommo_file_bytes: bytes = 300 << 20,
    /// Largest file in Keap's dialect, in whatever text it comes.
    keap_file_bytes: bytes = 100 << 20,
    /// Life of the link to a private file that Keap's dialect shows.
    keap_link_life: seconds = 15 * 60,
    /// Largest XML-RPC request without the file in it.
    xml_bytes: bytes = 1 << 20,
    /// Life of a token that a client of OAuth gets.
    grant_token_life: seconds = 24 * 3600,
    /// Time that a client of OAuth has to trade a code for its first token.
    grant_code_life: seconds = 600,
    /// Time that a client of OAuth has to refresh a token.
    grant_refresh_life: seconds = 45 * 24 * 3600,
    /// Time that a refresh token still works after it was used, for clients whose answer got lost on the way.
    grant_refresh_grace: seconds = 60,
    /// Whether Keap's dialect refuses requests beyond the next five limits: 1 does, 0 only tells clients about them.
    keap_throttle: switch = 0,
    /// Most requests of one token in a second in Keap's dialect.
    keap_second: requests = 25,
    /// Most requests of one token in a minute in Keap's dialect.
    keap_minute: requests = 1500,
    /// Most requests of one token in a day (UTC) in Keap's dialect.
    keap_day: requests = 150_000,
    /// Most requests of one account in a minute in Keap's dialect.
    keap_tenant_minute: requests = 10_000,
    /// Most requests of one account in a day (UTC) in Keap's dialect.
    keap_tenant_day: requests = 250_000,
    /// Largest file in Sonar's dialect.
    sonar_file_bytes: bytes = 100 << 20,
    /// Most files in one upload of Sonar's dialect.
    sonar_parts: files = 20,
    /// Time after which a file of Sonar's dialect that nobody linked goes to the trash; 0 is never.
    sonar_claim: seconds = 7 * 24 * 3600,
    /// Whether files of Sonar's dialect can only be linked to owners that something names already: 1 asks for that.
    sonar_strict_owners: switch = 0,
    /// Whether Sonar's dialect shows its page for trying queries, at `/graphiql`: 1 does.
    sonar_graphiql: switch = 0,
    /// Whether Sonar's dialect refuses requests beyond the next limit: 1 does.
    sonar_throttle: switch = 0,
    /// Most GraphQL requests of one user in a minute in Sonar's dialect.
    sonar_minute: requests = 400,
    /// Deepest nesting of a GraphQL query; what Sonar's clients ask goes this deep.
    graphql_depth: levels = 15,
    /// Highest cost of a GraphQL request: a field costs 1, and a list as much as a share of its page does.
    graphql_cost: points = 2000,
    /// Most aliases in a GraphQL request.
    graphql_aliases: aliases = 30,
    /// Most directives on one field of a GraphQL query.
    graphql_directives: directives = 10,
    /// Longest text of a GraphQL query.
    graphql_text_bytes: bytes = 16 << 10,
    /// Most operations in one GraphQL request.
    graphql_batch: operations = 10,
    /// Most items on one page of a GraphQL list; more are asked for page by page.
    graphql_page: items = 10_000,
    /// Time a GraphQL request may take.
    graphql_time: seconds = 30,
    /// Longest description of a file.
    description_bytes: bytes = 16 << 10,
    /// Most groups that are counted apart in a list.
    aggregate_buckets: groups = 1000,
    /// Most cards, notes, fields or links that one request writes.
    record_items: items = 250,
    /// Longest name of a record.
    record_name_bytes: bytes = 1 << 10,
    /// Most fields of one type of record.
    record_fields: fields = 500,
    /// How far a page of cards or notes may be from the list's beginning.
    record_offset: items = 1_000_000,
    /// Longest text of a note.
    note_bytes: bytes = 64 << 10,
    /// Time that an idempotency key is kept.
    idempotency_life: seconds = 24 * 3600,
    /// Time a resumable upload has from its opening to its end; a finished one can be asked after as long.
    upload_life: seconds = 24 * 3600,
    /// Most resumable uploads that an account may have open at once.
    open_uploads: uploads = 1000,
    /// Time that a part waits for another request's part of the same upload that makes no progress.
    upload_stall: seconds = 5,
    /// Time that another node has to hand an upload over, or to say that it is still at work on it; then it is taken from it.
    upload_handover: seconds = 2,
    /// Most numbered parts of one upload.
    upload_parts: parts = 10_000,
    /// Memory for contents on their way into a bucket; uploads wait for their part of it.
    storage_buffer_bytes: bytes = 128 << 20,
    /// Time that a call to a bucket may take with its repetitions, without the bytes of a long download.
    storage_deadline: seconds = 20,
    /// How often a call to a bucket is tried before it is given up.
    storage_tries: tries = 3,
    /// Most redirects that an import follows.
    import_redirects: redirects = 5,
    /// Longest URL to import from.
    import_url_bytes: bytes = 2048,
    /// Time an import has to get a connection.
    import_connect: seconds = 10,
    /// Longest time that an import waits for more: for the answer's head, and while its body comes in.
    import_idle: seconds = 30,
    /// Time one import may take.
    import_total: seconds = 600,
    /// Longest time that a request waits for the next event.
    event_wait: seconds = 30,
    /// Days that lines of the audit log are kept; 0 is for ever.
    audit_days: days = 0,
    /// Most webhooks of an account.
    webhooks: webhooks = 50,
    /// Time that a webhook's receiver has to answer.
    webhook_timeout: seconds = 15,
    /// Most tries of a delivery before it is given up.
    webhook_tries: tries = 15,
    /// Time from a delivery's first try to its last; a webhook that no delivery reached for as long is disabled.
    webhook_life: seconds = 5 * 24 * 3600,
    /// Time that a webhook's old secret still signs beside a new one.
    webhook_overlap: seconds = 24 * 3600,
    /// Time that a delivery is kept after its end.
    delivery_life: seconds = 30 * 24 * 3600,
    /// Time in which every stored content is read again and compared with its digest; 0 is never.
    scrub_days: days = 30,
    /// Of a thousand new contents, how many are read again after a minute, an hour and a day.
    scrub_sample: permille = 10,
    /// Most bytes that a node reads for that in a second; 0 is as many as it can.
    scrub_rate: bytes = 16 << 20,
    /// Time a finished task can be asked after.
    task_life: seconds = 7 * 24 * 3600,
    /// Tries of a task before it is given up.
    task_tries: tries = 10,
    /// Largest picture that is decoded for a preview.
    preview_pixels: pixels = 50_000_000,
    /// Memory of the process that decodes it.
    preview_memory: bytes = 256 << 20,
    /// Processor time of the process that decodes it.
    preview_cpu: seconds = 10,
    /// Most previews that are made at once.
    previews: processes = 2,
    /// Time that a shutdown waits for running requests.
    drain: seconds = 30,
}

/// Most lists and structs inside of each other in an XML-RPC request.
pub const XML_DEPTH: usize = 32;

impl Limits {
    /// The limits that no setting changes, because what is stored or what readers agree on depends on them. Their
    /// `default` is what they are.
    pub const FIXED: &'static [Limit] = &[
        fixed("name_bytes", "bytes", NAME_MAX, "Longest name of a file or folder, in UTF-8."),
        fixed("extension_bytes", "bytes", EXTENSION_MAX, "Longest extension; a longer one belongs to the name."),
        fixed("path_levels", "levels", PATH_LEVELS_MAX, "Deepest folder."),
        fixed("legal_hold_reason", "characters", LEGAL_HOLD_REASON_MAX, "Longest reason of a legal hold."),
        fixed("ranges", "ranges", 1, "Most ranges of one request; several are answered with the whole."),
        fixed("xml_depth", "levels", XML_DEPTH, "Deepest nesting of an XML-RPC request."),
        fixed("xml_calls", "calls", 1, "Calls of one XML-RPC request: none calls others."),
    ];

    /// A limit of seconds as a duration.
    pub const fn seconds(value: u64) -> Duration {
        Duration::from_secs(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_can_be_read_and_set_by_its_name() {
        let mut limits = Limits::default();
        for limit in Limits::TABLE {
            assert_eq!(limits.get(limit.name), Some(limit.default), "{}", limit.name);
            assert!(limits.set(limit.name, limit.default + 1));
            assert_eq!(limits.get(limit.name), Some(limit.default + 1));
        }
        assert!(!limits.set("no_such_limit", 1));
    }
}
