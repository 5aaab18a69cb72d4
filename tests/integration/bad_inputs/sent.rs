//! What was sent of the table of requests, and that every surface of it was met.

use super::table::Row;
use super::{base64, graphql, import, name, table, tus};
use attache_tests::{Answer, figure};
use std::collections::BTreeSet;

/// The requests of a run, and the surfaces that got them.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    requests: usize,
    surfaces: BTreeSet<&'static str>,
}

impl Sent {
    /// Counts a request to a surface.
    pub(crate) fn to(&mut self, surface: &'static str) {
        self.requests += 1;
        self.surfaces.insert(surface);
    }

    /// Counts a request, and demands of its answer what the row says: a status, and the stable word where it names one.
    #[track_caller]
    pub(crate) fn answered(&mut self, row: &Row, surface: &'static str, answer: &Answer) {
        self.to(surface);
        let told = format!("{} {}", answer.status.as_u16(), answer.code());
        let expected = row.expected.trim_end_matches(" empty");
        assert!(
            told.starts_with(expected),
            "{} ({surface}): {told} where {expected} is right: {}",
            row.id,
            answer.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_is_answered_on_every_surface_that_it_names() {
    let mut sent = Sent::default();
    name::a_name_is_judged_alike_on_every_surface(&mut sent).await;
    name::no_name_through_hubspots_face_is_one_that_misleads(&mut sent).await;
    name::no_name_through_kommos_face_is_one_that_misleads(&mut sent).await;
    base64::a_name_is_judged_alike_on_keaps_three_faces(&mut sent).await;
    graphql::no_name_through_sonars_face_is_one_that_misleads(&mut sent).await;
    tus::a_name_is_judged_as_on_every_other_surface(&mut sent).await;
    tus::folders_and_records_are_judged_as_on_every_other_surface(&mut sent).await;
    tus::an_upload_that_is_opened_wrongly_is_none(&mut sent).await;
    tus::bytes_that_are_sent_wrongly_change_nothing(&mut sent).await;
    table::folder_paths(&mut sent).await;
    table::json_bodies(&mut sent).await;
    table::hubspots_json_bodies_are_answered_in_its_envelope(&mut sent).await;
    table::ranges(&mut sent).await;
    table::queries(&mut sent).await;
    table::media_types(&mut sent).await;
    table::metadata_and_records(&mut sent).await;
    import::an_address_that_is_not_public_is_never_fetched(&mut sent).await;
    let (requests, surfaces) = (sent.requests, sent.surfaces.len());
    assert!(requests > 400 && surfaces > 25, "{requests} requests on {surfaces} surfaces");
    let rows = super::row::rows().len();
    figure("inputs", &format!("{rows} rows, {requests} requests, on {surfaces} surfaces"));
}
