//! One connection: each request is judged, passed on or not, and answered or not.

use super::wire::{Head, Rest, Wire};
use super::{Fault, Site};
use bytes::{Bytes, BytesMut};
use std::io::Result;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whether a connection can take another request.
enum Next {
    Another,
    /// An orderly end.
    End,
    /// The other side learns of it as a reset.
    Reset,
}

/// Serves a connection to its end.
pub(super) async fn serve(stream: TcpStream, site: Arc<Site>) {
    let _ = stream.set_nodelay(true);
    let mut client = Wire::new(stream);
    let next = loop {
        match client.head().await {
            Ok(Some(head)) => match exchange(&mut client, &head, &site).await {
                Ok(Next::Another) => {}
                Ok(next) => break next,
                // The store went away, or the client did.
                Err(_) => break Next::Reset,
            },
            _ => break Next::End,
        }
    };
    if matches!(next, Next::Reset) {
        let _ = client.stream.set_zero_linger();
    }
}

async fn exchange(client: &mut Wire, head: &Head, site: &Site) -> Result<Next> {
    let fault = site.judge(head.word(0), head.word(1));
    match &fault {
        Some(Fault::Refuse { status, code }) => return refuse(client, head, *status, code).await,
        Some(Fault::Silence) => return silence(client, head).await,
        Some(Fault::ResetRequest { after }) => return take(client, head, Some(*after)).await.map(|()| Next::Reset),
        _ => {}
    }
    let mut store = Wire::new(TcpStream::connect(&site.store).await?);
    store.stream.set_nodelay(true)?;
    pass_request(client, &mut store, head, fault.as_ref(), site).await?;
    pass_answer(&mut store, client, head, fault.as_ref(), site).await
}

/// Reads a request's body, all of it or its beginning, and drops it.
async fn take(client: &mut Wire, head: &Head, most: Option<u64>) -> Result<()> {
    let (mut rest, mut taken) = (head.request_body(), 0);
    while most.is_none_or(|most| taken < most) {
        let Some(piece) = client.piece(&mut rest).await? else { break };
        taken += piece.len() as u64;
    }
    Ok(())
}

async fn refuse(client: &mut Wire, head: &Head, status: u16, code: &str) -> Result<Next> {
    take(client, head, None).await?;
    let body = if head.word(0) == "HEAD" {
        String::new()
    } else {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{code}</Message></Error>"
        )
    };
    let answer = format!(
        "HTTP/1.1 {status} {code}\r\ncontent-type: application/xml\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    client.stream.write_all(answer.as_bytes()).await?;
    Ok(Next::Another)
}

/// Waits until the client has had enough.
async fn silence(client: &mut Wire, head: &Head) -> Result<Next> {
    take(client, head, None).await?;
    client.stream.read_u8().await?;
    Ok(Next::Reset)
}

async fn pass_request(
    client: &mut Wire,
    store: &mut Wire,
    head: &Head,
    fault: Option<&Fault>,
    site: &Site,
) -> Result<()> {
    store.stream.write_all(&head.raw).await?;
    let mut rest = head.request_body();
    let mut damage = matches!(fault, Some(Fault::DamageRequest));
    let mut left = if let Some(Fault::StallRequest { after }) = fault { Some(*after) } else { None };
    while let Some(piece) = client.piece(&mut rest).await? {
        let mut piece = if std::mem::take(&mut damage) { damaged(piece) } else { piece };
        if let Some(left) = &mut left {
            piece.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= piece.len() as u64;
        }
        send(store, &piece, fault).await?;
        site.state().passed.sent += piece.len() as u64;
    }
    Ok(())
}

async fn pass_answer(
    store: &mut Wire,
    client: &mut Wire,
    asked: &Head,
    fault: Option<&Fault>,
    site: &Site,
) -> Result<Next> {
    let head = loop {
        let Some(head) = store.head().await? else { return Ok(Next::Reset) };
        // "Go on" and its like come before the answer.
        if !head.word(1).starts_with('1') {
            break head;
        }
        client.stream.write_all(&head.raw).await?;
    };
    let (mut left, last) = match fault {
        Some(Fault::LoseAnswer) => return Ok(Next::Reset),
        Some(Fault::ResetAnswer { after }) => (Some(*after), Next::Reset),
        Some(Fault::CutAnswer { after }) => (Some(*after), Next::End),
        _ => (None, Next::End),
    };
    client.stream.write_all(&head.raw).await?;
    let mut rest = head.answer_body(asked.word(0));
    let is_last = head.closes() || asked.closes() || rest == Rest::UntilEnd;
    let mut damage = matches!(fault, Some(Fault::DamageAnswer));
    while let Some(mut piece) = store.piece(&mut rest).await? {
        if std::mem::take(&mut damage) {
            piece = damaged(piece);
        }
        if let Some(left) = &mut left {
            piece.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= piece.len() as u64;
        }
        send(client, &piece, fault).await?;
        site.state().passed.answered += piece.len() as u64;
        if left == Some(0) {
            client.stream.flush().await?;
            return Ok(last);
        }
    }
    Ok(if is_last { Next::End } else { Next::Another })
}

/// Sends a piece, as slowly as it is to be.
async fn send(to: &mut Wire, piece: &[u8], fault: Option<&Fault>) -> Result<()> {
    let Some(Fault::Slow { bytes_per_second }) = fault else { return to.stream.write_all(piece).await };
    // Up to ten steps in a second.
    let step = usize::try_from(bytes_per_second / 10).unwrap_or(usize::MAX).max(1);
    for part in piece.chunks(step) {
        to.stream.write_all(part).await?;
        tokio::time::sleep(Duration::from_secs(1).mul_f64(part.len() as f64 / *bytes_per_second as f64)).await;
    }
    Ok(())
}

/// The same bytes with one bit turned, in their middle: a chunk's frame stays whole.
fn damaged(piece: Bytes) -> Bytes {
    let mut bytes = BytesMut::from(piece);
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    bytes.freeze()
}
