// SPDX-License-Identifier: MIT
// The header nabd.h in Rust: made by bindings.sh with bindgen, not by hand.

pub const NABD_VERSION_MAJOR: u32 = 0;
pub const NABD_VERSION_MINOR: u32 = 9;
pub const NABD_VERSION_PATCH: u32 = 0;
pub const NABD_VERSION_NUMBER: u32 = 900;
pub const NABD_VERSION_STRING: &[u8; 6usize] = b"0.9.0\0";
pub const NABD_CREATE: u32 = 1;
pub const NABD_EXCL: u32 = 2;
pub const NABD_PRODUCER: u32 = 4;
pub const NABD_CONSUMER: u32 = 8;
pub const NABD_OBSERVE: u32 = 16;
pub const NABD_OVERWRITE: u32 = 32;
pub const NABD_TIMESTAMPS: u32 = 64;
pub const NABD_DEFAULT_SLOTS: u32 = 1024;
pub const NABD_DEFAULT_SLOT_SIZE: u32 = 4096;
pub const NABD_MAX_SLOTS: u32 = 1073741824;
pub const NABD_MAX_SLOT_SIZE: u32 = 1073741824;
pub const NABD_MAX_ALIGN: u32 = 4096;
pub const NABD_MAX_NAME: u32 = 191;
pub const NABD_PREFAULT: u32 = 1;
pub const NABD_MLOCK: u32 = 2;
pub const NABD_ANY_OWNER: u32 = 4;
pub const NABD_OWNER_UID: u32 = 8;
pub const NABD_SET_GROUP: u32 = 16;
pub const NABD_HUGE_PAGES: u32 = 32;
pub const NABD_MSG_REDELIVERED: u32 = 1;
pub const NABD_MAX_GROUPS: u32 = 16;
pub const NABD_MAX_MEMBERS: u32 = 16;
pub const NABD_MAX_DELIVERIES: u32 = 65535;
pub const NABD_JOIN_OLDEST: u32 = 1;
pub const NABD_JOIN_NEWEST: u32 = 2;
pub const NABD_JOIN_SEQUENCE: u32 = 4;
pub const NABD_GROUP_EPHEMERAL: u32 = 8;
pub const NABD_GROUP_STATE_EPHEMERAL: u32 = 1;
pub const NABD_GROUP_STATE_ALIVE: u32 = 2;
pub const NABD_GROUP_STATE_HOLDS: u32 = 4;
pub const NABD_WAIT_UNLINK: u32 = 1;
pub const NABD_WAIT_PRODUCER: u32 = 2;
pub const NABD_WAIT_SLICE_NS: u32 = 100000000;
pub const NABD_WAIT_ANY_MAX: u32 = 64;
pub const NABD_RESUME_OLDEST: u32 = 1;
pub const NABD_RESUME_NEWEST: u32 = 2;
pub const NABD_RESUMED_EXACT: u32 = 0;
pub const NABD_RESUMED_GAP: u32 = 1;
pub const NABD_RESUMED_OTHER: u32 = 2;
pub const NABD_STATE_FULL: u32 = 32;
pub const NABD_STATE_PRESSURED: u32 = 64;
pub const NABD_GROUP_OWNER_NONE: u32 = 0;
pub const NABD_GROUP_OWNER_ALIVE: u32 = 1;
pub const NABD_GROUP_OWNER_DEAD: u32 = 2;
pub const NABD_METRICS_TEXT: u32 = 0;
pub const NABD_METRICS_JSON: u32 = 1;
pub const NABD_METRICS_PROMETHEUS: u32 = 2;
pub const NABD_LATENCY_BUCKETS: u32 = 336;
pub const NABD_LATENCY_ALL: u32 = 4294967295;
pub const NABD_RECOVER_DO: u32 = 1;
pub const NABD_RECOVER_REMOVE: u32 = 2;
pub const NABD_RECOVER_DISCARD: u32 = 4;
pub const NABD_STATE_PRODUCER: u32 = 1;
pub const NABD_STATE_CONSUMER: u32 = 2;
pub const NABD_STATE_GROUP0: u32 = 4;
pub const NABD_STATE_UNLINKED: u32 = 8;
pub const NABD_STATE_OVERWRITE: u32 = 16;
pub const NABD_STATE_TIMESTAMPS: u32 = 128;
pub const NABD_OK: nabd_error = 0;
pub const NABD_EMPTY: nabd_error = -1;
pub const NABD_FULL: nabd_error = -2;
pub const NABD_INVALID: nabd_error = -3;
pub const NABD_NAME: nabd_error = -4;
pub const NABD_RANGE: nabd_error = -5;
pub const NABD_TOOBIG: nabd_error = -6;
pub const NABD_BUFFER: nabd_error = -7;
pub const NABD_STATE: nabd_error = -8;
pub const NABD_ROLE: nabd_error = -9;
pub const NABD_BUSY: nabd_error = -10;
pub const NABD_FORKED: nabd_error = -11;
pub const NABD_NOTFOUND: nabd_error = -12;
pub const NABD_EXISTS: nabd_error = -13;
pub const NABD_ACCESS: nabd_error = -14;
pub const NABD_OWNER: nabd_error = -15;
pub const NABD_UNSAFE: nabd_error = -16;
pub const NABD_NOTQUEUE: nabd_error = -17;
pub const NABD_TRUNCATED: nabd_error = -18;
pub const NABD_FORMAT: nabd_error = -19;
pub const NABD_BYTEORDER: nabd_error = -20;
pub const NABD_CORRUPT: nabd_error = -21;
pub const NABD_GEOMETRY: nabd_error = -22;
pub const NABD_NOSPACE: nabd_error = -23;
pub const NABD_NOMEM: nabd_error = -24;
pub const NABD_SYSTEM: nabd_error = -25;
pub const NABD_DROPPED: nabd_error = -26;
pub const NABD_EVICTED: nabd_error = -27;
pub const NABD_LAPPED: nabd_error = -28;
pub const NABD_TIMEOUT: nabd_error = -29;
pub const NABD_WOKEN: nabd_error = -30;
pub const NABD_UNLINKED: nabd_error = -31;
pub const NABD_NOPRODUCER: nabd_error = -32;
pub const NABD_FOREIGN: nabd_error = -33;
pub const NABD_NOTCHECKPOINT: nabd_error = -34;
pub type nabd_error = c::c_int;
extern "C" {
    pub fn nabd_strerror(error: c::c_int) -> *const c::c_char;
    pub fn nabd_error_name(error: c::c_int) -> *const c::c_char;
    pub fn nabd_version() -> *const c::c_char;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd {
    _unused: [u8; 0],
}
pub type nabd_t = nabd;
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_opts {
    pub size: u32,
    pub flags: u32,
    pub mode: u32,
    pub align: u32,
    pub owner: u32,
    pub group: u32,
    pub dir: *const c::c_char,
}
extern "C" {
    pub fn nabd_open(
        name: *const c::c_char,
        slots: usize,
        slot_size: usize,
        flags: c::c_uint,
    ) -> *mut nabd_t;
    pub fn nabd_open_opts(
        name: *const c::c_char,
        slots: usize,
        slot_size: usize,
        flags: c::c_uint,
        opts: *const nabd_opts,
        out: *mut *mut nabd_t,
    ) -> c::c_int;
    pub fn nabd_close(q: *mut nabd_t) -> c::c_int;
    pub fn nabd_unlink(name: *const c::c_char) -> c::c_int;
    pub fn nabd_unlink_opts(name: *const c::c_char, opts: *const nabd_opts) -> c::c_int;
    pub fn nabd_reserve(q: *mut nabd_t, len: usize, slot: *mut *mut c::c_void) -> c::c_int;
    pub fn nabd_commit(q: *mut nabd_t, len: usize) -> c::c_int;
    pub fn nabd_abort(q: *mut nabd_t) -> c::c_int;
    pub fn nabd_push(q: *mut nabd_t, data: *const c::c_void, len: usize) -> c::c_int;
    pub fn nabd_reserve_batch(
        q: *mut nabd_t,
        len: usize,
        slots: *mut *mut c::c_void,
        n: usize,
        got: *mut usize,
    ) -> c::c_int;
    pub fn nabd_commit_batch(q: *mut nabd_t, lens: *const u32, n: usize) -> c::c_int;
    pub fn nabd_push_batch(
        q: *mut nabd_t,
        data: *const c::c_void,
        lens: *const u32,
        n: usize,
        sent: *mut usize,
    ) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_msg {
    pub data: *const c::c_void,
    pub sequence: u64,
    pub len: u32,
    pub flags: u32,
    pub deliveries: u32,
    pub reserved: u32,
}
extern "C" {
    pub fn nabd_peek(q: *mut nabd_t, data: *mut *const c::c_void, len: *mut usize) -> c::c_int;
    pub fn nabd_peek_msg(q: *mut nabd_t, msg: *mut nabd_msg) -> c::c_int;
    pub fn nabd_release(q: *mut nabd_t) -> c::c_int;
    pub fn nabd_pop(q: *mut nabd_t, buf: *mut c::c_void, len: *mut usize) -> c::c_int;
    pub fn nabd_peek_batch(
        q: *mut nabd_t,
        msgs: *mut nabd_msg,
        max: usize,
        got: *mut usize,
    ) -> c::c_int;
    pub fn nabd_release_batch(q: *mut nabd_t, n: usize) -> c::c_int;
    pub fn nabd_pop_batch(
        q: *mut nabd_t,
        buf: *mut c::c_void,
        size: usize,
        lens: *mut u32,
        max: usize,
        got: *mut usize,
    ) -> c::c_int;
    pub fn nabd_lost(q: *mut nabd_t, gap: *mut u64, total: *mut u64) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_consumer {
    _unused: [u8; 0],
}
pub type nabd_consumer_t = nabd_consumer;
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_join_opts {
    pub size: u32,
    pub flags: u32,
    pub max_deliveries: u32,
    pub max_stall_ms: u32,
    pub max_lag: u64,
    pub sequence: u64,
    pub dead_letter: ::core::option::Option<
        unsafe extern "C" fn(msg: *const nabd_msg, arg: *mut c::c_void) -> c::c_int,
    >,
    pub dead_letter_arg: *mut c::c_void,
    pub dead_letters: *mut nabd_t,
}
extern "C" {
    pub fn nabd_consumer_join(q: *mut nabd_t, group: c::c_uint) -> *mut nabd_consumer_t;
    pub fn nabd_consumer_join_opts(
        q: *mut nabd_t,
        group: c::c_uint,
        opts: *const nabd_join_opts,
        out: *mut *mut nabd_consumer_t,
    ) -> c::c_int;
    pub fn nabd_consumer_close(c: *mut nabd_consumer_t) -> c::c_int;
    pub fn nabd_consumer_peek(
        c: *mut nabd_consumer_t,
        data: *mut *const c::c_void,
        len: *mut usize,
    ) -> c::c_int;
    pub fn nabd_consumer_peek_msg(c: *mut nabd_consumer_t, msg: *mut nabd_msg) -> c::c_int;
    pub fn nabd_consumer_release(c: *mut nabd_consumer_t) -> c::c_int;
    pub fn nabd_consumer_pop(
        c: *mut nabd_consumer_t,
        buf: *mut c::c_void,
        len: *mut usize,
    ) -> c::c_int;
    pub fn nabd_consumer_peek_batch(
        c: *mut nabd_consumer_t,
        msgs: *mut nabd_msg,
        max: usize,
        got: *mut usize,
    ) -> c::c_int;
    pub fn nabd_consumer_release_batch(c: *mut nabd_consumer_t, n: usize) -> c::c_int;
    pub fn nabd_consumer_pop_batch(
        c: *mut nabd_consumer_t,
        buf: *mut c::c_void,
        size: usize,
        lens: *mut u32,
        max: usize,
        got: *mut usize,
    ) -> c::c_int;
    pub fn nabd_consumer_nack(c: *mut nabd_consumer_t) -> c::c_int;
    pub fn nabd_consumer_seek(c: *mut nabd_consumer_t, sequence: u64, actual: *mut u64)
        -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_consumer_stats {
    pub size: u32,
    pub group: u32,
    pub state: i32,
    pub reserved: u32,
    pub joined: u64,
    pub claimed: u64,
    pub redelivered: u64,
    pub held: u64,
    pub nacked: u64,
    pub dead_letters: u64,
    pub lost: u64,
    pub gap: u64,
}
extern "C" {
    pub fn nabd_consumer_stats(
        c: *mut nabd_consumer_t,
        stats: *mut nabd_consumer_stats,
    ) -> c::c_int;
    pub fn nabd_group_drop(q: *mut nabd_t, group: c::c_uint) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_group_info {
    pub size: u32,
    pub group: u32,
    pub state: u32,
    pub members: u32,
    pub holding: u32,
    pub max_deliveries: u32,
    pub max_stall_ms: u32,
    pub reserved: u32,
    pub max_lag: u64,
    pub position: u64,
    pub low: u64,
    pub lag: u64,
    pub made: u64,
}
extern "C" {
    pub fn nabd_group_look(
        q: *mut nabd_t,
        group: c::c_uint,
        info: *mut nabd_group_info,
    ) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_member_info {
    pub size: u32,
    pub group: u32,
    pub member: u32,
    pub alive: u32,
    pub first: u64,
    pub held: u64,
    pub deliveries: u32,
    pub reserved: u32,
}
extern "C" {
    pub fn nabd_member_look(
        q: *mut nabd_t,
        group: c::c_uint,
        member: c::c_uint,
        info: *mut nabd_member_info,
    ) -> c::c_int;
    pub fn nabd_min_tail(q: *mut nabd_t, sequence: *mut u64) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_memory {
    pub size: u32,
    pub page: u32,
    pub huge_page: u64,
    pub bytes: u64,
    pub mapped: u64,
    pub locked: u64,
    pub huge: u64,
    pub swapped: u64,
}
extern "C" {
    pub fn nabd_memory_get(q: *mut nabd_t, memory: *mut nabd_memory) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_wait_opts {
    pub size: u32,
    pub flags: u32,
    pub spin_ns: u64,
    pub yield_ns: u64,
    pub slice_ns: u64,
}
extern "C" {
    pub fn nabd_set_wait(q: *mut nabd_t, opts: *const nabd_wait_opts) -> c::c_int;
    pub fn nabd_consumer_set_wait(c: *mut nabd_consumer_t, opts: *const nabd_wait_opts)
        -> c::c_int;
    pub fn nabd_reserve_wait(
        q: *mut nabd_t,
        len: usize,
        slot: *mut *mut c::c_void,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_push_wait(
        q: *mut nabd_t,
        data: *const c::c_void,
        len: usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_reserve_batch_wait(
        q: *mut nabd_t,
        len: usize,
        slots: *mut *mut c::c_void,
        n: usize,
        got: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_push_batch_wait(
        q: *mut nabd_t,
        data: *const c::c_void,
        lens: *const u32,
        n: usize,
        sent: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_peek_wait(
        q: *mut nabd_t,
        data: *mut *const c::c_void,
        len: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_peek_msg_wait(q: *mut nabd_t, msg: *mut nabd_msg, timeout_ns: i64) -> c::c_int;
    pub fn nabd_pop_wait(
        q: *mut nabd_t,
        buf: *mut c::c_void,
        len: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_peek_batch_wait(
        q: *mut nabd_t,
        msgs: *mut nabd_msg,
        max: usize,
        got: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_pop_batch_wait(
        q: *mut nabd_t,
        buf: *mut c::c_void,
        size: usize,
        lens: *mut u32,
        max: usize,
        got: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_consumer_peek_wait(
        c: *mut nabd_consumer_t,
        data: *mut *const c::c_void,
        len: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_consumer_peek_msg_wait(
        c: *mut nabd_consumer_t,
        msg: *mut nabd_msg,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_consumer_pop_wait(
        c: *mut nabd_consumer_t,
        buf: *mut c::c_void,
        len: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_consumer_peek_batch_wait(
        c: *mut nabd_consumer_t,
        msgs: *mut nabd_msg,
        max: usize,
        got: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_consumer_pop_batch_wait(
        c: *mut nabd_consumer_t,
        buf: *mut c::c_void,
        size: usize,
        lens: *mut u32,
        max: usize,
        got: *mut usize,
        timeout_ns: i64,
    ) -> c::c_int;
    pub fn nabd_wake(q: *mut nabd_t) -> c::c_int;
    pub fn nabd_consumer_wake(c: *mut nabd_consumer_t) -> c::c_int;
    pub fn nabd_fd(q: *mut nabd_t) -> c::c_int;
    pub fn nabd_consumer_fd(c: *mut nabd_consumer_t) -> c::c_int;
    pub fn nabd_arm(q: *mut nabd_t) -> c::c_int;
    pub fn nabd_consumer_arm(c: *mut nabd_consumer_t) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_wait_item {
    pub q: *mut nabd_t,
    pub consumer: *mut nabd_consumer_t,
    pub result: i32,
    pub reserved: u32,
}
extern "C" {
    pub fn nabd_wait_any(items: *mut nabd_wait_item, n: usize, timeout_ns: i64) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_backpressure {
    pub size: u32,
    pub high: u32,
    pub low: u32,
    pub reserved: u32,
    pub on_high: ::core::option::Option<unsafe extern "C" fn(q: *mut nabd_t, arg: *mut c::c_void)>,
    pub on_low: ::core::option::Option<unsafe extern "C" fn(q: *mut nabd_t, arg: *mut c::c_void)>,
    pub on_full: ::core::option::Option<unsafe extern "C" fn(q: *mut nabd_t, arg: *mut c::c_void)>,
    pub arg: *mut c::c_void,
}
extern "C" {
    pub fn nabd_set_backpressure(q: *mut nabd_t, bp: *const nabd_backpressure) -> c::c_int;
    pub fn nabd_is_pressured(q: *mut nabd_t) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_backoff_opts {
    pub size: u32,
    pub retries: u32,
    pub base_ns: u64,
    pub cap_ns: u64,
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_backoff {
    pub tried: u32,
    pub retries: u32,
    pub delay_ns: u64,
    pub cap_ns: u64,
    pub chance: u64,
}
pub type nabd_backoff_t = nabd_backoff;
extern "C" {
    pub fn nabd_backoff_begin(b: *mut nabd_backoff_t, opts: *const nabd_backoff_opts) -> c::c_int;
    pub fn nabd_backoff_wait(b: *mut nabd_backoff_t) -> c::c_int;
    pub fn nabd_push_backoff(
        q: *mut nabd_t,
        data: *const c::c_void,
        len: usize,
        opts: *const nabd_backoff_opts,
    ) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_checkpoint {
    pub size: u32,
    pub group: u32,
    pub incarnation: [u8; 16usize],
    pub sequence: u64,
    pub head: u64,
    pub saved_ns: u64,
    pub saves: u64,
}
extern "C" {
    pub fn nabd_checkpoint_save(c: *mut nabd_consumer_t, path: *const c::c_char) -> c::c_int;
    pub fn nabd_checkpoint_load(
        path: *const c::c_char,
        checkpoint: *mut nabd_checkpoint,
    ) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_resume {
    pub size: u32,
    pub flags: u32,
    pub sequence: u64,
    pub lost: u64,
    pub state: u32,
    pub reserved: u32,
}
extern "C" {
    pub fn nabd_consumer_resume(
        c: *mut nabd_consumer_t,
        path: *const c::c_char,
        resume: *mut nabd_resume,
    ) -> c::c_int;
    pub fn nabd_checkpoint_auto(
        c: *mut nabd_consumer_t,
        path: *const c::c_char,
        every_messages: u64,
        every_ns: i64,
    ) -> c::c_int;
    pub fn nabd_checkpoint_status(
        c: *mut nabd_consumer_t,
        error: *mut c::c_int,
        sequence: *mut u64,
    ) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_metrics {
    pub size: u32,
    pub state: u32,
    pub slots: u32,
    pub fill: u32,
    pub fill_percent: u32,
    pub high_fill: u32,
    pub head: u64,
    pub tail: u64,
    pub bytes: u64,
    pub full_count: u64,
    pub reader_wakes: u64,
    pub producer_wakes: u64,
    pub evictions: u64,
    pub lost: u64,
    pub producer_epoch: u64,
    pub progress_ns: u64,
    pub now_ns: u64,
    pub created_ns: u64,
}
extern "C" {
    pub fn nabd_metrics_get(q: *mut nabd_t, metrics: *mut nabd_metrics) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_group_metrics {
    pub size: u32,
    pub group: u32,
    pub state: u32,
    pub owner: u32,
    pub members: u32,
    pub holding: u32,
    pub ended: i32,
    pub reserved: u32,
    pub made: u64,
    pub position: u64,
    pub low: u64,
    pub lag: u64,
    pub high_lag: u64,
    pub wakes: u64,
    pub claimed: u64,
    pub redelivered: u64,
    pub nacked: u64,
    pub dead_letters: u64,
    pub lost: u64,
    pub evictions: u64,
    pub progress_ns: u64,
}
extern "C" {
    pub fn nabd_group_metrics_get(
        q: *mut nabd_t,
        group: c::c_uint,
        metrics: *mut nabd_group_metrics,
    ) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_member_metrics {
    pub size: u32,
    pub group: u32,
    pub member: u32,
    pub alive: u32,
    pub held: u64,
    pub first: u64,
    pub claimed: u64,
    pub redelivered: u64,
    pub nacked: u64,
    pub dead_letters: u64,
    pub progress_ns: u64,
}
extern "C" {
    pub fn nabd_member_metrics_get(
        q: *mut nabd_t,
        group: c::c_uint,
        member: c::c_uint,
        metrics: *mut nabd_member_metrics,
    ) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_rates {
    pub size: u32,
    pub reserved: u32,
    pub seconds: f64,
    pub messages: f64,
    pub bytes: f64,
    pub released: f64,
    pub full: f64,
    pub reader_wakes: f64,
    pub producer_wakes: f64,
    pub lost: f64,
}
extern "C" {
    pub fn nabd_metrics_rates(
        before: *const nabd_metrics,
        after: *const nabd_metrics,
        rates: *mut nabd_rates,
    ) -> c::c_int;
    pub fn nabd_metrics_format(
        q: *mut nabd_t,
        format: c::c_uint,
        buf: *mut c::c_char,
        size: usize,
        len: *mut usize,
    ) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_latency {
    pub size: u32,
    pub reserved: u32,
    pub created_ns: u64,
    pub now_ns: u64,
    pub count: u64,
    pub unmeasured: u64,
    pub sum_ns: u64,
    pub max_ns: u64,
    pub bucket: [u64; 336usize],
}
extern "C" {
    pub fn nabd_latency_get(
        q: *mut nabd_t,
        group: c::c_uint,
        member: c::c_uint,
        latency: *mut nabd_latency,
    ) -> c::c_int;
    pub fn nabd_latency_since(
        before: *const nabd_latency,
        after: *const nabd_latency,
        since: *mut nabd_latency,
    ) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_latency_summary {
    pub size: u32,
    pub reserved: u32,
    pub count: u64,
    pub unmeasured: u64,
    pub mean_ns: u64,
    pub min_ns: u64,
    pub p50_ns: u64,
    pub p90_ns: u64,
    pub p99_ns: u64,
    pub p99_9_ns: u64,
    pub max_ns: u64,
}
extern "C" {
    pub fn nabd_latency_summary(
        latency: *const nabd_latency,
        summary: *mut nabd_latency_summary,
    ) -> c::c_int;
    pub fn nabd_message_time(q: *mut nabd_t, msg: *const nabd_msg, sent_ns: *mut u64) -> c::c_int;
    pub fn nabd_diagnose(
        name: *const c::c_char,
        opts: *const nabd_opts,
        buf: *mut c::c_char,
        size: usize,
        len: *mut usize,
    ) -> c::c_int;
    pub fn nabd_recover(
        name: *const c::c_char,
        opts: *const nabd_opts,
        flags: c::c_uint,
        buf: *mut c::c_char,
        size: usize,
        len: *mut usize,
    ) -> c::c_int;
    pub fn nabd_empty(q: *mut nabd_t) -> c::c_int;
    pub fn nabd_full(q: *mut nabd_t) -> c::c_int;
    pub fn nabd_fill_level(q: *mut nabd_t) -> c::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct nabd_stats {
    pub size: u32,
    pub state: u32,
    pub slots: u32,
    pub slot_size: u32,
    pub stride: u32,
    pub align: u32,
    pub head: u64,
    pub tail: u64,
    pub position: u64,
    pub bytes: u64,
    pub full_count: u64,
    pub producer_epoch: u64,
    pub created_ns: u64,
    pub incarnation: [u8; 16usize],
}
extern "C" {
    pub fn nabd_stats(q: *mut nabd_t, stats: *mut nabd_stats) -> c::c_int;
}
