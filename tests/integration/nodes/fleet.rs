//! All nodes as a client sees them behind a balancer: any of them may be asked, and one that refuses is not asked twice.

use super::node::{Installation, Node};
use attache_tests::dice::Dice;
use attache_tests::{Answer, Client, said};
use reqwest::RequestBuilder;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// A client's pause before it asks again, once every node has refused.
const PAUSE: Duration = Duration::from_millis(50);

/// The nodes, wherever they are now.
pub(crate) struct Fleet {
    addresses: Mutex<Vec<String>>,
    client: Client,
    /// How often one request may be refused.
    patience: usize,
    figures: Mutex<BTreeMap<String, usize>>,
    answers: watch::Sender<usize>,
}

/// Why a node did not answer a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The connection could not be made, or was cut.
    Cut,
    /// It says that it cannot now, and when to come again.
    Later,
}

impl Fleet {
    /// A fleet of these nodes, with a token that may do everything.
    pub(crate) fn new(of: &Installation, nodes: &[Node], patience: usize) -> Arc<Fleet> {
        let token = of.command(&["token", "create", "--scopes", "all"]).output().expect("the command runs");
        let client = Client::new("", Some(said(&token).trim().to_owned()));
        let addresses = nodes.iter().map(|node| node.url().to_owned()).collect();
        Arc::new(Fleet {
            addresses: Mutex::new(addresses),
            client,
            patience,
            figures: Mutex::default(),
            answers: watch::Sender::new(0),
        })
    }

    /// Tells where a node is after it was started again.
    pub(crate) fn moved(&self, at: usize, node: &Node) {
        node.url().clone_into(&mut self.addresses.lock().unwrap()[at]);
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.addresses.lock().unwrap().len()
    }

    /// The address of a path at a node.
    pub(crate) fn at(&self, node: usize, path: &str) -> String {
        format!("{}{path}", self.addresses.lock().unwrap()[node])
    }

    /// A client of one node.
    pub(crate) fn client_at(&self, node: usize) -> Client {
        Client::new(self.at(node, ""), self.client.token().map(str::to_owned))
    }

    /// How many good answers there were.
    pub(crate) fn answers(&self) -> usize {
        *self.answers.borrow()
    }

    /// Waits for so many more good answers.
    pub(crate) async fn wait_for_answers(&self, more: usize) {
        let wanted = self.answers() + more;
        let mut answers = self.answers.subscribe();
        answers.wait_for(|answers| *answers >= wanted).await.expect("the fleet counts");
    }

    /// Counts something.
    pub(crate) fn note(&self, what: impl Into<String>) {
        *self.figures.lock().unwrap().entry(what.into()).or_default() += 1;
    }

    /// How often something was counted.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.figures.lock().unwrap().get(what).copied().unwrap_or_default()
    }

    /// Everything that was counted, in words.
    pub(crate) fn figures(&self) -> String {
        let mut said = String::new();
        for (what, count) in &*self.figures.lock().unwrap() {
            write!(said, "{what} {count}, ").expect("a text takes all");
        }
        said.trim_end_matches(", ").to_owned()
    }

    /// Asks one node once.
    pub(crate) async fn once(&self, node: usize, path: &str, ask: &Ask<'_>) -> Result<Answer, Refusal> {
        let answer = answer(ask(&self.client, &self.at(node, path))).await;
        match &answer {
            Ok(answer) if answer.status == 503 => {
                let after: Option<u64> = answer.header("retry-after").parse().ok();
                assert!(after.is_some(), "a refusal says when to come again: {answer:?}");
                self.note("refused for now");
                Err(Refusal::Later)
            }
            Ok(answer) if answer.status.is_server_error() => panic!("{}: {}", answer.status, answer.text()),
            Ok(_) => {
                self.answers.send_modify(|answers| *answers += 1);
                answer
            }
            Err(refusal) => {
                self.note("cut");
                Err(*refusal)
            }
        }
    }

    /// Asks until there is an answer, every time another node; and how many refused before.
    pub(crate) async fn ask(&self, dice: &mut Dice, path: &str, ask: &Ask<'_>) -> (Answer, usize) {
        let mut node = dice.below(self.len());
        for refused in 0..=self.patience {
            match self.once(node, path, ask).await {
                Ok(answer) => return (answer, refused),
                Err(refusal) if refused == self.patience => panic!("{path} was refused {refused} times: {refusal:?}"),
                Err(_) => node = (node + 1) % self.len(),
            }
            if (refused + 1).is_multiple_of(self.len()) {
                tokio::time::sleep(PAUSE).await;
            }
        }
        unreachable!("the last refusal ends the test")
    }
}

/// Makes a request to an address.
pub(crate) type Ask<'a> = dyn Fn(&Client, &str) -> RequestBuilder + Send + Sync + 'a;

async fn answer(request: RequestBuilder) -> Result<Answer, Refusal> {
    let answer = request.send().await.map_err(|_| Refusal::Cut)?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.map_err(|_| Refusal::Cut)?.to_vec();
    Ok(Answer { status, headers, body })
}
