//! The server dies at every named point that an operation passes, one after the other on the same data: after the next
//! start the operation is there wholly or not at all, asking again ends it once, and rows, bytes and books agree.

mod act;
mod planted;
mod stand;
mod table;

use crate::kill::{Dice, dice, proof};
use act::{Act, Subject};
use attache_tests::{Effort, Engine, figure, report};
use stand::Stand;
use std::collections::{BTreeMap, BTreeSet};

/// Deaths of each operation on a cluster, of those that are possible.
const ON_A_CLUSTER: usize = 6;
/// A point that is passed more often in one operation is died at for so many times at most.
const TIMES: usize = 4;

/// Makes a test on each place for every operation.
macro_rules! for_each_act {
    ($($name:ident: $act:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::run(super::Act::$act, attache_tests::Engine::Sqlite, usize::MAX).await;
                }
            )+
        }
        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::run(super::Act::$act, attache_tests::Engine::Postgres, 0).await;
                }
            )+
        }
        mod on_cluster {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::run(super::Act::$act, attache_tests::Engine::Cluster, super::ON_A_CLUSTER).await;
                }
            )+
        }
    };
}

for_each_act!(
    an_upload_by_its_raw_body_survives_death_at_every_point: Raw,
    an_upload_by_a_form_survives_death_at_every_point: Form,
    an_upload_in_base64_survives_death_at_every_point: Base64,
    a_session_of_parts_survives_death_at_every_point: Parts,
    a_resumable_upload_survives_death_at_every_point: Tus,
    a_new_version_survives_death_at_every_point: Version,
    a_conditional_overwrite_survives_death_at_every_point: Overwrite,
    a_delete_survives_death_at_every_point: Delete,
    a_restore_survives_death_at_every_point: Restore,
    an_erase_survives_death_at_every_point: Erase,
    a_move_survives_death_at_every_point: Move,
    a_twin_of_stored_bytes_survives_death_at_every_point: Twin,
    a_thumbnail_survives_death_at_every_point: Thumbnail,
    an_import_survives_death_at_every_point: Import,
);

/// What an operation does when nothing happens to it.
#[derive(Debug)]
struct Passage {
    before: Vec<String>,
    after: Vec<String>,
    /// How often it passes each point.
    points: BTreeMap<String, usize>,
}

/// So many of the deaths that are possible; all of them where there is time for more than the gate.
async fn run(act: Act, engine: Engine, gate: usize) {
    let most = if Effort::new(0).goes_on() { usize::MAX } else { gate };
    if most == 0 {
        return;
    }
    let Some(mut stand) = Stand::new(engine, "").await else { return };
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    // The first request of a server does more than those that follow.
    pass(act, 0, &stand).await;
    let passage = pass(act, 1, &stand).await;
    let wanted = table::passed_by(act, engine);
    let found: BTreeSet<&str> = passage.points.keys().map(String::as_str).collect();
    assert_eq!(found, wanted, "{act:?} passes other points than the table says");

    let mut deaths = plan(&passage, &mut dice);
    deaths.truncate(most);
    let (mut died, mut spared, mut repeated, mut points) = (0, 0, 0, BTreeSet::new());
    for (no, (point, times)) in (2..).zip(&deaths) {
        points.insert(point);
        let death = Death { act, point, times: *times };
        let (fell, again) = death.happen(no, &mut stand, &passage).await;
        died += usize::from(fell);
        spared += usize::from(!fell);
        repeated += usize::from(again);
    }
    a_second_restart_changes_nothing(&mut stand).await;
    crate::kill::audit::tells_every_change_once(&stand.place, &stand.client).await;
    let apart = table::named().len() - passage.points.len();
    figure(
        "kill points",
        &format!(
            "{act:?} on {engine:?}: {died} deaths at {} of {} points on its way, {apart} not on its way, {spared} \
             not come to; {repeated} asked again, 0 lost, 0 halves, 0 twins, 0 orphans after a sweep",
            points.len(),
            passage.points.len()
        ),
    );
}

/// Does the operation and looks.
async fn pass(act: Act, no: u64, stand: &Stand) -> Passage {
    let mut subject = Subject::make(act, no, &stand.client).await;
    let before = subject.state(&stand.client).await;
    stand.watch.forget();
    let answer = subject.ask(act, stand).await.expect("nobody kills the server");
    assert!(answer.status.is_success(), "{act:?}: {}", answer.text());
    if let Some(end) = act.end(stand.place.is_bucket()) {
        stand.until_passed(end).await;
    }
    let mut points = BTreeMap::new();
    for point in stand.watch.passed() {
        *points.entry(point).or_default() += 1;
    }
    let after = subject.state(&stand.client).await;
    Passage { before, after, points }
}

/// Where to die: at every point, each of the first times that it is passed and the last. In any order.
fn plan(passage: &Passage, dice: &mut Dice) -> Vec<(String, usize)> {
    let times = |count: usize| (1..=count).filter(move |no| *no < TIMES || *no == count);
    let mut deaths: Vec<(String, usize)> =
        passage.points.iter().flat_map(|(point, count)| times(*count).map(|no| (point.clone(), no))).collect();
    for at in (1..deaths.len()).rev() {
        deaths.swap(at, dice.below(at + 1));
    }
    deaths
}

/// One death.
struct Death<'d> {
    act: Act,
    point: &'d str,
    times: usize,
}

impl Death<'_> {
    /// Lets the server die and start again. Whether it died, and whether the client asked again.
    async fn happen(&self, no: u64, stand: &mut Stand, passage: &Passage) -> (bool, bool) {
        let mut subject = Subject::make(self.act, no, &stand.client).await;
        assert_eq!(subject.state(&stand.client).await, passage.before);
        stand.watch.die_at(self.point, self.times);
        let answered = subject.ask(self.act, stand).await.is_ok();
        let fell = self.falls(answered, stand).await;
        if fell {
            stand.start_again().await;
        } else {
            stand.watch.forget();
        }
        let seen = subject.state(&stand.client).await;
        let whole = seen == passage.after;
        assert!(whole || seen == passage.before, "{self}: {seen:?} is neither {passage:?}");
        assert!(whole || !answered || self.act == Act::Import, "{self}: what was acknowledged is lost: {seen:?}");
        let again = !answered && (self.act.may_be_repeated() || !whole);
        if again {
            self.ask_again(&mut subject, stand, passage).await;
        }
        if answered && self.act == Act::Import {
            subject.ask(self.act, stand).await.expect("nobody kills the server");
        }
        assert_eq!(subject.state(&stand.client).await, passage.after, "{self}: at the end");
        proof::check(&stand.place);
        (fell, again)
    }

    /// Whether the server dies, which may be after its answer.
    async fn falls(&self, answered: bool, stand: &mut Stand) -> bool {
        let end = if answered { self.act.end(stand.place.is_bucket()) } else { None };
        loop {
            let passed = stand.watch.passed();
            let come = passed.iter().filter(|point| *point == self.point).count();
            if come >= self.times {
                stand.wait_for_death();
                return true;
            }
            assert!(answered, "{self}: no answer, and the server lives");
            if end.is_none_or(|end| passed.iter().any(|point| point == end)) {
                return false;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Asks as a client does that heard no answer, until the operation is done.
    async fn ask_again(&self, subject: &mut Subject, stand: &Stand, passage: &Passage) {
        if self.act == Act::Import {
            subject.look_for_promise(&stand.client).await;
            if subject.is_begun() && subject.state(&stand.client).await == passage.after {
                return;
            }
        }
        let answer = subject.ask(self.act, stand).await.expect("nobody kills the server");
        let status = answer.status.as_u16();
        assert!(status < 300 || (400..500).contains(&status), "{self}: {status} {}", answer.text());
        // A key that a dead request held is free by now, or tells what was made.
        assert!(status < 300 || !self.act.has_key(), "{self}: {status} {}", answer.text());
        let is_made = subject.state(&stand.client).await != passage.before;
        assert!(is_made || self.act == Act::Thumbnail, "{self}: {status} {}", answer.text());
    }
}

impl std::fmt::Display for Death<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} that died at {} for the {}. time", self.act, self.point, self.times)
    }
}

async fn a_second_restart_changes_nothing(stand: &mut Stand) {
    let before = proof::all_that_is_shown(&stand.client).await;
    stand.start_again().await;
    assert_eq!(proof::all_that_is_shown(&stand.client).await, before);
    proof::check(&stand.place);
}
