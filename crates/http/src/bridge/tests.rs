use super::*;
use attache_model::error::{Code, QuotaKind};
use std::future::pending;
use std::sync::mpsc as blocking;
use tokio::time::timeout;

fn decoders() -> Decoders {
    Decoders::new(&Limits::default())
}

fn body(chunks: Vec<io::Result<Bytes>>) -> Body {
    Body::new(stream::iter(chunks), None)
}

/// A body that sends `bytes`, and then neither ends nor breaks.
fn endless(bytes: Vec<u8>) -> Body {
    Body::new(stream::iter([Ok(bytes.into())]).chain(stream::pending()), None)
}

/// Ends a test that hangs, which would be the fault that it looks for.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(60), work).await.expect("something waits that nobody will wake")
}

async fn gathered(mut body: Body) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await.transpose().map_err(fault)? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Passes the whole body on, and tells its length.
fn pass(source: Source, opener: &mut Opener) -> Result<u64> {
    let mut sink = opener.open()?;
    let len = sink.take(source).map_err(fault)?;
    sink.finish().map_err(fault)?;
    Ok(len)
}

#[tokio::test]
async fn what_a_decoder_finds_is_staged_while_it_goes_on() {
    let sent: Vec<u8> = (0..300_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    let chunks = sent.chunks(7001).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let (len, staged) = soon(decoders().decode(body(chunks), pass, gathered)).await.unwrap();
    assert_eq!(len, 300_000);
    assert_eq!(staged.unwrap(), sent);
}

#[tokio::test]
async fn a_decoder_that_finds_no_content_stages_nothing() {
    let count = |mut source: Source, _: &mut Opener| {
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes).map_err(fault)
    };
    let stage = async |_: Body| -> Result<()> { panic!("there is nothing to stage") };
    let (len, staged) = soon(decoders().decode(body(vec![Ok("abc".into())]), count, stage)).await.unwrap();
    assert_eq!((len, staged), (3, None));
    let (len, staged) = soon(decoders().decode(body(vec![]), count, stage)).await.unwrap();
    assert_eq!((len, staged), (0, None));
}

#[tokio::test]
async fn a_decoder_that_stops_early_does_not_wait_for_the_rest_of_the_body() {
    let stop = |mut source: Source, opener: &mut Opener| -> Result<()> {
        source.read_exact(&mut [0; 10]).map_err(fault)?;
        opener.open()?.send("half".into()).map_err(fault)?;
        Err(Error::invalid("file_data", "no"))
    };
    let error = soon(decoders().decode(endless(vec![0; BLOCK_LEN]), stop, gathered)).await.unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
}

#[tokio::test]
async fn a_decoder_that_forgets_to_finish_has_a_content_that_is_cut() {
    let forget = |_: Source, opener: &mut Opener| opener.open()?.send("half".into()).map_err(fault);
    let error = soon(decoders().decode(body(vec![]), forget, gathered)).await.unwrap_err();
    assert!(matches!(error, Error::Cut), "{error:?}");
}

#[tokio::test]
async fn a_decoder_that_panics_ends_its_request_alone() {
    let panic = |_: Source, opener: &mut Opener| -> Result<()> {
        let _sink = opener.open()?;
        panic!("a decoder's fault");
    };
    let decoders = decoders();
    let error = soon(decoders.decode(endless(vec![0; BLOCK_LEN]), panic, gathered)).await.unwrap_err();
    assert!(matches!(error, Error::Internal(_)), "{error:?}");
    assert!(soon(decoders.decode(body(vec![Ok("abc".into())]), pass, gathered)).await.is_ok());
}

#[tokio::test]
async fn an_error_of_the_body_comes_out_as_itself_wherever_it_shows() {
    for before in [0, 10, BLOCK_LEN, 5 * BLOCK_LEN] {
        let too_large = Error::TooLarge { code: Code::FileTooLarge, limit: 7 };
        let chunks = vec![Ok(vec![0; before].into()), Err(io::Error::other(too_large))];
        let error = soon(decoders().decode(body(chunks), pass, gathered)).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 7, .. }), "{error:?} after {before}");
    }
}

#[tokio::test]
async fn a_stage_that_fails_ends_a_decoder_that_waits_for_a_slow_body() {
    let full = async |_: Body| -> Result<()> { Err(Error::Quota { which: QuotaKind::Bytes, limit: 9 }) };
    let error = soon(decoders().decode(endless(vec![0; BLOCK_LEN]), pass, full)).await.unwrap_err();
    assert!(matches!(error, Error::Quota { limit: 9, .. }), "{error:?}");
}

#[tokio::test]
async fn a_stage_that_fails_after_the_decoder_is_done_still_fails_the_whole() {
    let full = async |content: Body| -> Result<()> {
        gathered(content).await?;
        Err(Error::StorageFull)
    };
    let error = soon(decoders().decode(body(vec![Ok("abc".into())]), pass, full)).await.unwrap_err();
    assert!(matches!(error, Error::StorageFull), "{error:?}");
}

#[tokio::test]
async fn a_second_content_is_a_fault_of_the_decoder() {
    let twice = |_: Source, opener: &mut Opener| {
        opener.open()?.finish().map_err(fault)?;
        opener.open().map(drop)
    };
    let error = soon(decoders().decode(body(vec![]), twice, gathered)).await.unwrap_err();
    assert!(matches!(error, Error::Internal(_)), "{error:?}");
}

#[tokio::test]
async fn a_request_that_is_given_up_lets_its_thread_and_its_turn_go() {
    let decoders = Decoders::new(&Limits { decoders: 1, ..Limits::default() });
    let (begun, begins) = blocking::channel();
    let (done, ends) = oneshot::channel();
    let decoder = move |source: Source, opener: &mut Opener| {
        begun.send(()).unwrap();
        let end = pass(source, opener);
        done.send(end.clone()).unwrap();
        end
    };
    let work = decoders.clone();
    let running = tokio::spawn(async move {
        let stage = async |_: Body| pending::<Result<()>>().await;
        work.decode(endless(vec![0; 9 * BLOCK_LEN]), decoder, stage).await
    });
    spawn_blocking(move || begins.recv().unwrap()).await.unwrap();
    running.abort();
    assert!(matches!(soon(ends).await.unwrap(), Err(Error::Cut)));
    assert!(soon(decoders.decode(body(vec![Ok("abc".into())]), pass, gathered)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn one_decoder_more_than_the_limit_waits_and_is_told_to_come_again() {
    let decoders = Decoders::new(&Limits { decoders: 1, ..Limits::default() });
    let turn = decoders.turn().await.unwrap();
    let error = decoders.decode(body(vec![Ok("abc".into())]), pass, gathered).await.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error:?}");
    drop(turn);
    assert!(decoders.turn().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_small_body_that_comes_slowly_holds_no_turn() {
    let decoders = Decoders::new(&Limits { decoders: 1, ..Limits::default() });
    let slow = decoders.decode(endless(vec![0; BLOCK_LEN - 1]), pass, gathered);
    tokio::select! {
        biased;
        _ = slow => panic!("the body does not end"),
        turn = decoders.turn() => assert!(turn.is_ok()),
    }
}

#[tokio::test]
async fn a_content_that_nobody_takes_is_held_in_a_few_blocks_only() {
    let (counted, count) = blocking::channel();
    let fill = move |_: Source, opener: &mut Opener| -> Result<()> {
        let mut sink = opener.open()?;
        loop {
            sink.send(vec![0; BLOCK_LEN].into()).map_err(fault)?;
            counted.send(()).unwrap();
        }
    };
    let (taken, take) = oneshot::channel();
    let stage = async move |content: Body| -> Result<()> {
        let _held = content;
        take.await.map_err(|_| Error::Cut)
    };
    let decoders = decoders();
    let work = tokio::spawn(async move { decoders.decode(body(vec![]), fill, stage).await });
    let count = spawn_blocking(move || {
        // The sender blocks with the third.
        for _ in 0..QUEUED_BLOCKS {
            count.recv().unwrap();
        }
        count
    });
    let count = soon(count).await.unwrap();
    taken.send(()).unwrap();
    assert!(soon(work).await.unwrap().is_err());
    assert!(count.try_recv().is_err(), "no more than what may wait was ever sent");
}
