//! One try: a message is sent, and what came back is judged. Only a status of 2xx says that it has arrived.

use super::message::{self, Message};
use super::schedule;
use crate::Core;
use crate::outgoing::{Unreached, parse};
use crate::table::webhook::Row;
use attache_model::Result;
use attache_model::limits::Limits;
use attache_model::webhook::Tried;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, StatusCode};
use std::time::Duration;
use tokio::time::Instant;

/// Bytes of an answer that are read, so that its receiver sees it taken. They are kept nowhere.
const ANSWER: usize = 4 << 10;

/// What came of one try.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) tried: Tried,
    /// The wait that the receiver asks for before it wants anything more.
    pub(super) asked: Option<Duration>,
    /// The receiver wants nothing more at all.
    pub(super) gone: bool,
}

/// Sends a message to a webhook.
///
/// # Errors
/// `Internal` where there is no client at all. What a receiver does is no error.
pub(crate) async fn send(core: &Core, to: &Row, message: Message) -> Result<Sent> {
    let client = core.0.sender.get_or_try_init(|| async { core.0.outgoing.sender(core.limits()) }).await?;
    let started = Instant::now();
    let answer = post(core, client, to, message).await;
    let end = match answer {
        Ok(answer) => judge(core, answer).await,
        Err(why) => unreached(why, core.limits()),
    };
    Ok(Sent { tried: Tried { took: started.elapsed(), ..end.tried }, ..end })
}

async fn post(core: &Core, client: &Client, to: &Row, message: Message) -> Result<Response, Unreached> {
    let url = parse(&to.webhook.url, core.limits()).map_err(|_| Unreached::Refused)?;
    let headers = message::headers(&message, to, core.now());
    core.0.outgoing.post(client, url, headers, message.body).await
}

async fn judge(core: &Core, mut answer: Response) -> Sent {
    let status = answer.status();
    let may_ask = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let asked = answer.headers().get(RETRY_AFTER).filter(|_| may_ask).and_then(|value| value.to_str().ok());
    let asked = asked.and_then(|text| schedule::asked(text, core.now()));
    let mut read = 0;
    // The status has said it all: how the rest of the answer ends does not matter.
    while let Ok(Some(bytes)) = answer.chunk().await {
        read += bytes.len();
        if read >= ANSWER {
            break;
        }
    }
    let error = match status {
        status if status.is_success() => None,
        StatusCode::GONE => Some(String::from("The receiver answered 410: it wants no more messages.")),
        status if status.is_redirection() => Some(format!(
            "The receiver answered {}: messages follow no redirect, give the webhook its address.",
            status.as_u16()
        )),
        status => Some(format!("The receiver answered {}.", status.as_u16())),
    };
    let tried = Tried { status: Some(status.as_u16()), error, took: Duration::ZERO };
    Sent { tried, asked, gone: status == StatusCode::GONE }
}

fn unreached(why: Unreached, limits: &Limits) -> Sent {
    let error = match why {
        Unreached::Refused => {
            String::from("The address is refused: only public http and https addresses get messages.")
        }
        Unreached::Late => format!("The receiver did not answer within {} seconds.", limits.webhook_timeout),
        Unreached::Silent => String::from("The receiver could not be reached."),
        Unreached::Cut => String::from("The receiver broke the connection off before it answered."),
    };
    let tried = Tried { status: None, error: Some(error), took: Duration::ZERO };
    Sent { tried, asked: None, gone: false }
}
