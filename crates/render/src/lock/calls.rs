//! The system calls that are left: those that read, write, get memory and end.

use libc::{
    SYS_brk, SYS_clock_gettime, SYS_close, SYS_exit, SYS_exit_group, SYS_futex, SYS_getrandom, SYS_madvise, SYS_mmap,
    SYS_mprotect, SYS_mremap, SYS_munmap, SYS_read, SYS_restart_syscall, SYS_rt_sigaction, SYS_rt_sigprocmask,
    SYS_rt_sigreturn, SYS_sigaltstack, SYS_write, SYS_writev,
};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};
use std::io;

/// Calls that are allowed with any arguments.
const ALLOWED: [libc::c_long; 18] = [
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
    let no_code = SeccompCondition::new(PROTECTION, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(code), 0)?;
    let no_code = SeccompRule::new(vec![no_code])?;
    let rules = ALLOWED.map(|call| (call, vec![])).into_iter();
    let rules = rules.chain(WITHOUT_CODE.map(|call| (call, vec![no_code.clone()])));
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules.collect(), refuse, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?.try_into()
}
