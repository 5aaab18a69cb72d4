//! What can go wrong between a server and its store.

/// One way to do wrong. Numbers of bytes count the body, without its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The store is not asked; an answer with this status and an error of S3 comes instead.
    Refuse {
        /// The status. 200 with an error in its body is what S3 may say at the end of an upload in parts.
        status: u16,
        /// S3's word for it, such as `SlowDown`.
        code: &'static str,
    },
    /// The request is taken, the store is not asked, and no answer ever comes.
    Silence,
    /// The connection is reset once so much of the request's body was taken; the store is not asked.
    ResetRequest {
        /// How much of it.
        after: u64,
    },
    /// So much of the request's body is passed on, and then nothing moves any more until the client goes.
    StallRequest {
        /// How much of it.
        after: u64,
    },
    /// The store does what it was asked, and the connection is reset instead of its answer.
    LoseAnswer,
    /// The connection is reset once so much of the answer's body went out. A shorter answer comes whole.
    ResetAnswer {
        /// How much of it.
        after: u64,
    },
    /// As [`Fault::ResetAnswer`], with an orderly end: a good head, then too few bytes.
    CutAnswer {
        /// How much of it.
        after: u64,
    },
    /// One bit of the request's body is turned on its way.
    DamageRequest,
    /// One bit of the answer's body is turned on its way.
    DamageAnswer,
    /// Both bodies move at this pace.
    Slow {
        /// The pace.
        bytes_per_second: u64,
    },
}

impl Fault {
    /// A short word for counting.
    pub fn name(&self) -> &'static str {
        match self {
            Fault::Refuse { code, .. } => code,
            Fault::Silence => "silence",
            Fault::ResetRequest { .. } => "reset request",
            Fault::StallRequest { .. } => "stalled request",
            Fault::LoseAnswer => "lost answer",
            Fault::ResetAnswer { .. } => "reset answer",
            Fault::CutAnswer { .. } => "cut answer",
            Fault::DamageRequest => "damaged request",
            Fault::DamageAnswer => "damaged answer",
            Fault::Slow { .. } => "slow",
        }
    }

    /// What an overloaded S3 says.
    pub const SLOW_DOWN: Fault = Fault::Refuse { status: 503, code: "SlowDown" };
    /// What a broken S3 says.
    pub const INTERNAL: Fault = Fault::Refuse { status: 500, code: "InternalError" };
    /// A good status with an error behind it.
    pub const LATE_ERROR: Fault = Fault::Refuse { status: 200, code: "InternalError" };
}
