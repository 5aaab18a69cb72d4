//! The system calls that are left: those that read, write, get memory and end.

use libc::{
    SYS_brk, SYS_clock_gettime, SYS_close, SYS_exit, SYS_exit_group, SYS_futex, SYS_getpid, SYS_getrandom, SYS_gettid,
    SYS_madvise, SYS_mmap, SYS_mprotect, SYS_mremap, SYS_munmap, SYS_read, SYS_restart_syscall, SYS_rt_sigaction,
    SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_tgkill, SYS_write, SYS_writev,
};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};
use std::io;

/// Calls that are allowed with any arguments.
const ALLOWED: [libc::c_long; 20] = [
    SYS_read,
    SYS_write,
    SYS_writev,
    SYS_close,
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_futex,
    SYS_getrandom,
    SYS_clock_gettime,
    SYS_getpid,
    SYS_gettid,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
];

/// Calls that are allowed as long as they do not make memory that can be run.
const WITHOUT_CODE: [libc::c_long; 2] = [SYS_mmap, SYS_mprotect];
/// The argument of both that says what the memory is for.
const PROTECTION: u8 = 2;

/// Allows those calls alone, for good; all others fail with "operation not permitted".
pub(super) fn filter() -> io::Result<()> {
    let program = program().map_err(io::Error::other)?;
    apply_filter(&program).map_err(io::Error::other)
}

fn program() -> Result<BpfProgram, BackendError> {
    let code = libc::PROT_EXEC.unsigned_abs().into();
    let no_code = argument(PROTECTION, SeccompCmpOp::MaskedEq(code), 0)?;
    // A process that runs out of memory ends itself by a signal.
    let to_itself = argument(0, SeccompCmpOp::Eq, std::process::id().into())?;
    let rules = ALLOWED.map(|call| (call, vec![])).into_iter();
    let rules = rules.chain(WITHOUT_CODE.map(|call| (call, vec![no_code.clone()])));
    let rules = rules.chain([(SYS_tgkill, vec![to_itself])]);
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules.collect(), refuse, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// A call whose argument at `index` stands the comparison with `value`.
fn argument(index: u8, compared: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(index, SeccompCmpArgLen::Dword, compared, value)?])
}
