//! An upload's turns across nodes. The row names the node that has them, and a commit for the upload counts only from
//! there, so whatever another node still brings is refused. A node that goes on alone asks nobody.

use super::{Resume, Row, in_time};
use crate::node::{self, Handover};
use crate::table::upload;
use crate::turn::Turn;
use crate::unit::{bare, tenanted};
use attache_model::limits::Limits;
use attache_model::upload::UploadState;
use attache_model::{Result, UploadRef};
use std::time::Duration;
use tokio::time::Instant;

/// How often it is looked whether an upload was handed over, should nobody have said so.
const LOOK: Duration = Duration::from_millis(100);

impl Resume {
    /// The next turn at the upload, and its row as it is then. Whoever is at work on it, here or on another node, is called
    /// off first.
    ///
    /// # Errors
    /// `Superseded` when a newer request came while this one waited; as [`View::upload`](crate::View::upload).
    pub(super) async fn turn(&self) -> Result<(Turn, Row)> {
        let turn = self.core.0.turns.take(self.account, self.no).await?;
        let row = self.bring_here(&turn, false).await?;
        Ok((turn, row))
    }

    /// A turn after the request that is at work, here or on another node, if it gets on.
    pub(super) async fn turn_after(&self) -> Result<(Turn, Row)> {
        let stall = Limits::seconds(self.core.limits().upload_stall);
        let turn = self.core.0.turns.wait(self.account, self.no, stall).await;
        let row = self.bring_here(&turn, true).await?;
        Ok((turn, row))
    }

    /// The upload's row once its turns are this node's. The node that has them is asked, so that what it took in counts;
    /// one that does not answer in time, or is no more, loses them.
    async fn bring_here(&self, turn: &Turn, after: bool) -> Result<Row> {
        let patience = Limits::seconds(self.core.limits().upload_handover);
        let mut asked: Option<(String, Instant)> = None;
        loop {
            let row = self.row().await?;
            if self.core.0.node.is(&row.node) || row.upload.state == UploadState::Done {
                turn.is_here();
                return Ok(row);
            }
            let may_answer = match &asked {
                Some((node, since)) if *node == row.node => turn.last_sign(*since).elapsed() < patience,
                _ => {
                    asked = Some((row.node.clone(), Instant::now()));
                    self.ask(&row.node, after).await?
                }
            };
            if may_answer {
                turn.until_given(LOOK).await?;
            } else if let Some(row) = self.seize(&row.node).await? {
                turn.is_here();
                return Ok(row);
            }
        }
    }

    /// Asks a node for the upload's turns; false when it is not there.
    async fn ask(&self, node: &str, after: bool) -> Result<bool> {
        let to = self.core.0.node.to_string();
        let wish = Handover { account: self.account, upload: self.no, from: node.to_owned(), to, after };
        let unit = bare::<bool, _>(move |tx| {
            let wish = wish.clone();
            Box::pin(async move { Ok(node::ask(tx, &wish).await?) })
        });
        self.core.write_all("ask for an upload", unit).await
    }

    /// Takes the upload's turns from a node without its doing; `None` when it does not have them any more.
    async fn seize(&self, node: &str) -> Result<Option<Row>> {
        let (no, now, from, to) = (self.no, self.core.now(), node.to_owned(), self.core.0.node.to_string());
        let unit = tenanted::<Option<Row>, _>(move |mut t| {
            let (from, to) = (from.clone(), to.clone());
            Box::pin(async move {
                if !upload::move_turns(&mut t, no, &from, &to).await? {
                    return Ok(None);
                }
                in_time(&mut t, UploadRef::No(no), now).await.map(Some)
            })
        });
        self.core.write("take an upload over", self.account, unit).await
    }
}
