/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Generated from netlink/morsel.yaml by netlink/gen.py: edit that, not this. */
/*
 * Control plane of the file system type "morsel": pools, the objects in them,
 * and events. Mapping and data go through the mounted file system.
 *
 * Callers. A request is judged with the rights of its sender. The process that
 * opened the socket must have the same rights (user and group ids,
 * supplementary groups, user namespace, effective capabilities); where they
 * differ the request is refused with EPERM. Requests from a network namespace
 * other than the initial one are for CAP_SYS_ADMIN (in the initial user
 * namespace) only. Senders whom Landlock, or AppArmor or TOMOYO by a profile,
 * confines to a part of the file tree are refused with EPERM, administrators
 * too: these judge by paths, with mounts, and a request has none. Pools that
 * are mounted are for them, and their rules are in force there. Who may move
 * files everywhere all the same is not noticed: by a profile of AppArmor with
 * "file," and attach_disconnected, or one of TOMOYO that enforces no rules on
 * renaming. Rights on objects are those of files: search permission on every
 * directory from the root of the pool down, and what the operation itself
 * needs. Where, and whether, the pool is mounted does not matter.
 *
 * Refusals carry an errno, a text (NETLINK_EXT_ACK), and the offending or
 * missing attribute where there is one. A refused request has changed nothing.
 *
 * Names. A pool is named by id or by name; if both are given they must agree.
 * A path is relative to the root of the pool, its components are separated by
 * single slashes, without a slash at either end; the empty path is the root.
 * "." and "..", empty components, control characters (below 0x20, and 0x7f)
 * and components of more than 255 bytes are refused. Symbolic links are not
 * followed. An object id is unique in its pool and never used again.
 *
 * Numbers. Sizes and counts of bytes are u64. User and group ids are those of
 * the user namespace of the reader (of the initial one in events). Messages to
 * the kernel must not carry attributes that their operation does not list.
 *
 * Events. Each is sent once the change is in force. They are numbered, one
 * sequence for the whole family, in the order in which they are delivered; two
 * changes of one object that exclude each other (by the lock of its directory
 * or its own) are numbered in their order. Who sees a gap has missed
 * something.
 *
 * Replies are single messages of up to 12 KiB: receive with a buffer of at
 * least 16 KiB.
 */
#ifndef _UAPI_LINUX_MORSEL_H
#define _UAPI_LINUX_MORSEL_H

#define MORSEL_FAMILY_NAME	"morsel"
#define MORSEL_FAMILY_VERSION	1

/* Longest name of a pool, in bytes without the terminating NUL. */
#define MORSEL_MAX_POOL_NAME	63

/* Longest path, in bytes without the terminating NUL. */
#define MORSEL_MAX_PATH	4095

/* Longest component of a path, in bytes. */
#define MORSEL_MAX_NAME	255

/* Longest name of a process, in bytes without the terminating NUL. */
#define MORSEL_MAX_COMMAND	15

/* Longest label of a persistent pool, in bytes without the terminating NUL. */
#define MORSEL_MAX_LABEL	64

/* Length of a UUID in words, in bytes without the terminating NUL. */
#define MORSEL_MAX_UUID	36

/* Longest name of a block device, in bytes without the terminating NUL. */
#define MORSEL_MAX_DEVICE	31

/**
 * enum morsel_huge - Whether a pool uses frames of 2 MiB.
 * @MORSEL_HUGE_NEVER: 4 KiB frames only.
 * @MORSEL_HUGE_ALWAYS: 2 MiB frames wherever they fit; 4 KiB where they do
 *   not.
 */
enum morsel_huge {
	MORSEL_HUGE_NEVER = 0,
	MORSEL_HUGE_ALWAYS = 1,
};

/**
 * enum morsel_pool_flag - Properties of a pool.
 * @MORSEL_POOL_FLAG_PERSISTENT: The contents survive a reboot.
 * @MORSEL_POOL_FLAG_PINNED: Made by pool-new; it lives until pool-del, mounted
 *   or not.
 */
enum morsel_pool_flag {
	MORSEL_POOL_FLAG_PERSISTENT = 1,
	MORSEL_POOL_FLAG_PINNED = 2,
};

/**
 * enum morsel_object_type - What an object is.
 * @MORSEL_OBJECT_TYPE_FILE: A morsel, which can be mapped.
 * @MORSEL_OBJECT_TYPE_DIRECTORY: directory
 * @MORSEL_OBJECT_TYPE_SYMLINK: symlink
 */
enum morsel_object_type {
	MORSEL_OBJECT_TYPE_FILE = 1,
	MORSEL_OBJECT_TYPE_DIRECTORY = 2,
	MORSEL_OBJECT_TYPE_SYMLINK = 3,
};

/**
 * enum morsel_rename_flag - How morsel-rename treats an existing target.
 * @MORSEL_RENAME_FLAG_NOREPLACE: Refuse with EEXIST.
 * @MORSEL_RENAME_FLAG_EXCHANGE: Swap the two objects; both must exist.
 */
enum morsel_rename_flag {
	MORSEL_RENAME_FLAG_NOREPLACE = 1,
	MORSEL_RENAME_FLAG_EXCHANGE = 2,
};

/**
 * enum morsel_map_view - Which leaves a mapping sees.
 * @MORSEL_MAP_VIEW_RW: Writable ones.
 * @MORSEL_MAP_VIEW_RO: Read-only ones.
 */
enum morsel_map_view {
	MORSEL_MAP_VIEW_RW = 1,
	MORSEL_MAP_VIEW_RO = 2,
};

/**
 * enum morsel_quota_what - What a quota counts.
 * @MORSEL_QUOTA_WHAT_BYTES: bytes
 * @MORSEL_QUOTA_WHAT_OBJECTS: objects
 */
enum morsel_quota_what {
	MORSEL_QUOTA_WHAT_BYTES = 1,
	MORSEL_QUOTA_WHAT_OBJECTS = 2,
};

/**
 * enum morsel_acl_tag - Whom an entry of an access control list is about.
 * @MORSEL_ACL_TAG_USER_OBJ: The owner.
 * @MORSEL_ACL_TAG_USER: The user in the attribute id.
 * @MORSEL_ACL_TAG_GROUP_OBJ: The group of the object.
 * @MORSEL_ACL_TAG_GROUP: The group in the attribute id.
 * @MORSEL_ACL_TAG_MASK: What users and groups have at most, those of user-obj
 *   and other apart.
 * @MORSEL_ACL_TAG_OTHER: Everybody else.
 */
enum morsel_acl_tag {
	MORSEL_ACL_TAG_USER_OBJ = 1,
	MORSEL_ACL_TAG_USER = 2,
	MORSEL_ACL_TAG_GROUP_OBJ = 3,
	MORSEL_ACL_TAG_GROUP = 4,
	MORSEL_ACL_TAG_MASK = 5,
	MORSEL_ACL_TAG_OTHER = 6,
};

/**
 * enum morsel_acl_perm - What an entry of an access control list permits; the
 * bits are those of a mode.
 * @MORSEL_ACL_PERM_EXECUTE: Search, of a directory; nothing is executed from a
 *   pool.
 * @MORSEL_ACL_PERM_WRITE: write
 * @MORSEL_ACL_PERM_READ: read
 */
enum morsel_acl_perm {
	MORSEL_ACL_PERM_EXECUTE = 1,
	MORSEL_ACL_PERM_WRITE = 2,
	MORSEL_ACL_PERM_READ = 4,
};

/**
 * enum morsel_vas_kind - What is at a range of addresses.
 * @MORSEL_VAS_KIND_RESERVATION: The place of an object in the morsel window.
 * @MORSEL_VAS_KIND_GAP: A part of the window that no object has.
 * @MORSEL_VAS_KIND_MAPPING: A mapping of an object in a process.
 * @MORSEL_VAS_KIND_DISPLACED: The place that an object of a persistent pool
 *   has on its media, but not here: another object has at least a part of it.
 *   It cannot be mapped as long as that is so when its pool is mounted, or
 *   until it is given another place.
 */
enum morsel_vas_kind {
	MORSEL_VAS_KIND_RESERVATION = 1,
	MORSEL_VAS_KIND_GAP = 2,
	MORSEL_VAS_KIND_MAPPING = 3,
	MORSEL_VAS_KIND_DISPLACED = 4,
};

/*
 * Attributes "pool": A pool.
 *
 * @MORSEL_A_POOL_ID: u32, at least 1. Number of the pool; not used again until
 *   the module is unloaded.
 * @MORSEL_A_POOL_NAME: string, up to 63 bytes. Name, unique among live pools.
 * @MORSEL_A_POOL_PAD: pad (alignment)
 * @MORSEL_A_POOL_SIZE: u64. Capacity in bytes. In pool-new 0 or absent means
 *   half of the machine's memory.
 * @MORSEL_A_POOL_USED: u64. Bytes allocated to objects.
 * @MORSEL_A_POOL_OBJECTS: u64. Files and directories now, the root directory
 *   included.
 * @MORSEL_A_POOL_OBJECTS_MAX: u64. Limit of the attribute objects; 0 means
 *   none (the default in pool-new).
 * @MORSEL_A_POOL_HUGE: u32 huge. Use of 2 MiB frames. Default in pool-new is
 *   always.
 * @MORSEL_A_POOL_MODE: u32, 0..4095. Permission bits of the root directory (0
 *   means none). Default in pool-new is 0755.
 * @MORSEL_A_POOL_UID: u32. Owner of the root directory. Default in pool-new is
 *   the sender.
 * @MORSEL_A_POOL_GID: u32. Group of the root directory. Default in pool-new is
 *   the sender's.
 * @MORSEL_A_POOL_FLAGS: u32 pool-flag. Properties.
 * @MORSEL_A_POOL_POISONED: u64. Bytes withdrawn from use because of memory
 *   errors.
 * @MORSEL_A_POOL_GENERATION: u64. Counts changes of names in the pool; never
 *   0.
 * @MORSEL_A_POOL_EVENT_SEQ: u64. Notifications only. Number of the event, see
 *   the multicast group "events".
 * @MORSEL_A_POOL_ACTOR_PID: u32. Notifications only. Process that caused the
 *   event, in the initial pid namespace.
 * @MORSEL_A_POOL_ACTOR_UID: u32. Notifications only. User that caused the
 *   event.
 * @MORSEL_A_POOL_WATCH: u64. Notifications to a watcher only. Number of the
 *   watch.
 * @MORSEL_A_POOL_WATCH_SEQ: u64. Notifications to a watcher only. Number of
 *   the event among those of the watch.
 * @MORSEL_A_POOL_USED_HUGE: u64. Bytes of the attribute used that are in 2 MiB
 *   frames.
 * @MORSEL_A_POOL_AVAILABLE: u64. Bytes that objects can still get. Of a
 *   persistent pool, not what its records and canonical trees take.
 * @MORSEL_A_POOL_AVAILABLE_HUGE: u64. Persistent pools only. Bytes of the
 *   attribute available that can be had in 2 MiB frames. A pool in memory
 *   takes its frames from the machine, not from a place of its own that could
 *   be fragmented.
 * @MORSEL_A_POOL_TREE_TABLES: u64. Pages of the canonical trees of all
 *   objects. Not part of the attribute used, nor are those of the views.
 * @MORSEL_A_POOL_RW_TABLES: u64. Page-table pages of the writable views of all
 *   objects.
 * @MORSEL_A_POOL_RO_TABLES: u64. Page-table pages of the read-only views of
 *   all objects.
 * @MORSEL_A_POOL_LABEL: string, up to 64 bytes. Persistent pools only. What it
 *   was labelled when it was formatted; absent if it has no label. Several
 *   pools may have the same.
 * @MORSEL_A_POOL_UUID: string, up to 36 bytes. Persistent pools only. Its
 *   UUID, in lower case.
 * @MORSEL_A_POOL_DEVICE: string, up to 31 bytes. Persistent pools only. What
 *   the kernel calls the block device that the pool is on, as in /sys/block.
 */
enum {
	MORSEL_A_POOL_ID = 1,
	MORSEL_A_POOL_NAME = 2,
	MORSEL_A_POOL_PAD = 3,
	MORSEL_A_POOL_SIZE = 4,
	MORSEL_A_POOL_USED = 5,
	MORSEL_A_POOL_OBJECTS = 6,
	MORSEL_A_POOL_OBJECTS_MAX = 7,
	MORSEL_A_POOL_HUGE = 8,
	MORSEL_A_POOL_MODE = 9,
	MORSEL_A_POOL_UID = 10,
	MORSEL_A_POOL_GID = 11,
	MORSEL_A_POOL_FLAGS = 12,
	MORSEL_A_POOL_POISONED = 13,
	MORSEL_A_POOL_GENERATION = 14,
	MORSEL_A_POOL_EVENT_SEQ = 15,
	MORSEL_A_POOL_ACTOR_PID = 16,
	MORSEL_A_POOL_ACTOR_UID = 17,
	MORSEL_A_POOL_WATCH = 18,
	MORSEL_A_POOL_WATCH_SEQ = 19,
	MORSEL_A_POOL_USED_HUGE = 20,
	MORSEL_A_POOL_AVAILABLE = 21,
	MORSEL_A_POOL_AVAILABLE_HUGE = 22,
	MORSEL_A_POOL_TREE_TABLES = 23,
	MORSEL_A_POOL_RW_TABLES = 24,
	MORSEL_A_POOL_RO_TABLES = 25,
	MORSEL_A_POOL_LABEL = 26,
	MORSEL_A_POOL_UUID = 27,
	MORSEL_A_POOL_DEVICE = 28,

	__MORSEL_A_POOL_MAX,
	MORSEL_A_POOL_MAX = (__MORSEL_A_POOL_MAX - 1)
};

/*
 * Attributes "object": A named object in a pool (a morsel or a directory), or
 * a request about one.
 *
 * @MORSEL_A_OBJECT_POOL_ID: u32, at least 1. Number of the pool.
 * @MORSEL_A_OBJECT_POOL_NAME: string, up to 63 bytes. Name of the pool.
 * @MORSEL_A_OBJECT_PAD: pad (alignment)
 * @MORSEL_A_OBJECT_ID: u64, at least 1. Number of the object, which is its
 *   inode number in the mounted pool. In a request that also has a path:
 *   refuse with ESTALE unless the object found there has this id.
 * @MORSEL_A_OBJECT_PATH: string, up to 4095 bytes. Where the object is, from
 *   the root of the pool. Absent in a reply if the object has no name (any
 *   more), or one that is too long.
 * @MORSEL_A_OBJECT_NEW_PATH: string, up to 4095 bytes. Where morsel-rename
 *   moves the object.
 * @MORSEL_A_OBJECT_TYPE: u32 object-type. What the object is. In morsel-new
 *   file (the default) or directory.
 * @MORSEL_A_OBJECT_SIZE: u64, 0..70368744177664. Size in bytes, at most 64
 *   TiB. In morsel-new 0 or absent means empty. Memory is allocated on first
 *   use, not by setting the size.
 * @MORSEL_A_OBJECT_MODE: u32, 0..4095. Permission bits, including set-id and
 *   sticky (0 means none). Default in morsel-new is 0600 for a file and 0700
 *   for a directory; the umask of the sender is not applied, and a directory
 *   inherits the set-group-id bit.
 * @MORSEL_A_OBJECT_UID: u32. Owner. Default in morsel-new is the sender.
 * @MORSEL_A_OBJECT_GID: u32. Group. Default in morsel-new is the sender's, or
 *   that of a directory with the set-group-id bit.
 * @MORSEL_A_OBJECT_EXCLUSIVE: flag. Refuse with EEXIST if the path exists.
 * @MORSEL_A_OBJECT_RENAME_FLAGS: u32 rename-flag. How to treat an existing
 *   target. 0 or absent means replace it, as rename(2).
 * @MORSEL_A_OBJECT_RECURSIVE: flag. Dump what is in the directories below,
 *   too.
 * @MORSEL_A_OBJECT_PARENT: u64. Id of the directory that holds the object;
 *   absent for the root.
 * @MORSEL_A_OBJECT_ALLOCATED: u64. Bytes of memory allocated to the object.
 * @MORSEL_A_OBJECT_HUGE: u64. Bytes of the attribute allocated that are in 2
 *   MiB frames.
 * @MORSEL_A_OBJECT_NLINK: u32. Number of names; 0 once the object is removed
 *   but still in use.
 * @MORSEL_A_OBJECT_ATIME: s64. Last access, in nanoseconds since 1970.
 * @MORSEL_A_OBJECT_MTIME: s64. Last change of contents, in nanoseconds since
 *   1970.
 * @MORSEL_A_OBJECT_CTIME: s64. Last change of contents or attributes, in
 *   nanoseconds since 1970.
 * @MORSEL_A_OBJECT_BTIME: s64. Creation, in nanoseconds since 1970.
 * @MORSEL_A_OBJECT_ATTACHMENTS: u64. Mappings of the object in processes.
 * @MORSEL_A_OBJECT_LINKS: u64. Entries in page tables of processes that lead
 *   into the object's views.
 * @MORSEL_A_OBJECT_RW_TABLES: u64. Page-table pages of the writable view,
 *   shared by all processes.
 * @MORSEL_A_OBJECT_RO_TABLES: u64. Page-table pages of the read-only view,
 *   shared by all processes.
 * @MORSEL_A_OBJECT_TREE_TABLES: u64. Pages of the canonical tree.
 * @MORSEL_A_OBJECT_CREATED: flag. Reply of morsel-new only. The object did not
 *   exist before.
 * @MORSEL_A_OBJECT_OLD_PATH: string, up to 4095 bytes. morsel-rename-ntf only.
 *   Where the object was.
 * @MORSEL_A_OBJECT_EVENT_SEQ: u64. Notifications only. Number of the event,
 *   see the multicast group "events".
 * @MORSEL_A_OBJECT_ACTOR_PID: u32. Notifications only. Process that caused the
 *   event, in the initial pid namespace.
 * @MORSEL_A_OBJECT_ACTOR_UID: u32. Notifications only. User that caused the
 *   event.
 * @MORSEL_A_OBJECT_MAP_START: u64. morsel-map-ntf and morsel-unmap-ntf. First
 *   address of the mapping.
 * @MORSEL_A_OBJECT_MAP_LENGTH: u64. morsel-map-ntf and morsel-unmap-ntf.
 *   Length of the mapping, in bytes.
 * @MORSEL_A_OBJECT_MAP_OFFSET: u64. morsel-map-ntf and morsel-unmap-ntf. Where
 *   in the object the mapping begins, in bytes.
 * @MORSEL_A_OBJECT_MAP_VIEW: u32 map-view. morsel-map-ntf and morsel-unmap-
 *   ntf. Which view is mapped.
 * @MORSEL_A_OBJECT_SEALED: flag. The contents are final; see morsel-seal.
 * @MORSEL_A_OBJECT_REVOKES: u64. How often rights were taken back from who had
 *   the object open or mapped; see rights-set.
 * @MORSEL_A_OBJECT_ACL: nest of acl-entry, any number. An entry of the access
 *   control list. A reply has all of them, those that follow from the mode if
 *   there is no other. In rights-set they replace the list; the three of
 *   owner, group and others must be there, and a mask if there are others. A
 *   list whose mask is empty is not looked at: who is named in it is one of
 *   the group or of the others.
 * @MORSEL_A_OBJECT_DEFAULT_ACL: nest of acl-entry, any number. An entry of the
 *   list that new objects in a directory get; absent if there is none.
 * @MORSEL_A_OBJECT_NO_DEFAULT_ACL: flag. Remove the list for new objects.
 * @MORSEL_A_OBJECT_REVOKE: flag. Take rights back from who has the object open
 *   or mapped, too.
 * @MORSEL_A_OBJECT_ADDR: u64. Address that the object has in every process
 *   that maps it, in the morsel window; absent in a reply if it has none. In
 *   requests 0 means the lowest one that fits.
 * @MORSEL_A_OBJECT_MAX_SIZE: u64, 1..70368744177664. The largest size of an
 *   object with an address; addresses are reserved for so much. In requests
 *   default is the size. What is reserved is rounded up, as the address is
 *   aligned: to 1 GiB if this is 1 GiB or more, else to 2 MiB.
 * @MORSEL_A_OBJECT_NO_ADDR: flag. In morsel-set take the address away.
 * @MORSEL_A_OBJECT_PROCESSES: u64. Address spaces that map the object.
 * @MORSEL_A_OBJECT_MAPS: u64. Mappings of the object that were ever made; what
 *   fork(2) copies counts from its first use on.
 * @MORSEL_A_OBJECT_UNMAPS: u64. How many of the attribute maps have ended.
 * @MORSEL_A_OBJECT_FAULTS: u64. Page faults in mappings of the object.
 * @MORSEL_A_OBJECT_LAST_MAPPED: s64. When the newest mapping was made, in
 *   nanoseconds since 1970; absent if never.
 * @MORSEL_A_OBJECT_ACTIVE: u64. Bytes that processes have accessed through
 *   mappings in the interval before the last scan, by the leaf: all of a 2 MiB
 *   frame if any of it was. Of a persistent pool, leaves have 4 KiB before
 *   Linux 6.5.
 * @MORSEL_A_OBJECT_DIRTY: u64. As active, but written. Of a persistent pool
 *   never in the interval, but since the page was first used, as its marks are
 *   left alone.
 * @MORSEL_A_OBJECT_INTERVAL: u64. Nanoseconds between the last scan and the
 *   one before, or the making of the object in memory. 0: there has been no
 *   scan, and active and dirty are 0.
 * @MORSEL_A_OBJECT_SCAN_AGE: u64. Nanoseconds since the last scan.
 * @MORSEL_A_OBJECT_MAX_AGE: u64. In usage-get: scan the object's views if the
 *   last scan is older, in nanoseconds, but at most ten times a second.
 *   Absent: tell what the last scan has found.
 * @MORSEL_A_OBJECT_MAP_PID: u32. Process that has the mapping, in the pid
 *   namespace of the reader.
 * @MORSEL_A_OBJECT_MAP_UID: u32. User of the process.
 * @MORSEL_A_OBJECT_MAP_COMMAND: string, up to 15 bytes. Name of the process.
 * @MORSEL_A_OBJECT_MAP_LINKS: u64. Entries in page tables of the process that
 *   lead into the object's views.
 * @MORSEL_A_OBJECT_MAP_AGE: u64. Nanoseconds since the mapping was made.
 * @MORSEL_A_OBJECT_WATCH: u64. Number of a watch: in the reply to morsel-
 *   watch, and in what it brings.
 * @MORSEL_A_OBJECT_WATCH_SEQ: u64. Notifications to a watcher only. Number of
 *   the event among those of the watch.
 * @MORSEL_A_OBJECT_RIGHTS_SEQ: u64. Counts changes of owner, group, mode and
 *   lists while the pool is mounted. In rights-set: refuse with EAGAIN unless
 *   it is still that.
 * @MORSEL_A_OBJECT_POISONED: flag. The object is in a persistent pool, and
 *   media errors have taken some of its contents: was told by the device, or
 *   known to it, since the pool was mounted.
 * @MORSEL_A_OBJECT_PINNED: flag. morsel-revoke-ntf only. When the mappings had
 *   gone, somebody had references on pages of the object: direct I/O in
 *   flight, a pipe, a device. Whose they are is not known; what was begun may
 *   go on.
 */
enum {
	MORSEL_A_OBJECT_POOL_ID = 1,
	MORSEL_A_OBJECT_POOL_NAME = 2,
	MORSEL_A_OBJECT_PAD = 3,
	MORSEL_A_OBJECT_ID = 4,
	MORSEL_A_OBJECT_PATH = 5,
	MORSEL_A_OBJECT_NEW_PATH = 6,
	MORSEL_A_OBJECT_TYPE = 7,
	MORSEL_A_OBJECT_SIZE = 8,
	MORSEL_A_OBJECT_MODE = 9,
	MORSEL_A_OBJECT_UID = 10,
	MORSEL_A_OBJECT_GID = 11,
	MORSEL_A_OBJECT_EXCLUSIVE = 12,
	MORSEL_A_OBJECT_RENAME_FLAGS = 13,
	MORSEL_A_OBJECT_RECURSIVE = 14,
	MORSEL_A_OBJECT_PARENT = 15,
	MORSEL_A_OBJECT_ALLOCATED = 16,
	MORSEL_A_OBJECT_HUGE = 17,
	MORSEL_A_OBJECT_NLINK = 18,
	MORSEL_A_OBJECT_ATIME = 19,
	MORSEL_A_OBJECT_MTIME = 20,
	MORSEL_A_OBJECT_CTIME = 21,
	MORSEL_A_OBJECT_BTIME = 22,
	MORSEL_A_OBJECT_ATTACHMENTS = 23,
	MORSEL_A_OBJECT_LINKS = 24,
	MORSEL_A_OBJECT_RW_TABLES = 25,
	MORSEL_A_OBJECT_RO_TABLES = 26,
	MORSEL_A_OBJECT_TREE_TABLES = 27,
	MORSEL_A_OBJECT_CREATED = 28,
	MORSEL_A_OBJECT_OLD_PATH = 29,
	MORSEL_A_OBJECT_EVENT_SEQ = 30,
	MORSEL_A_OBJECT_ACTOR_PID = 31,
	MORSEL_A_OBJECT_ACTOR_UID = 32,
	MORSEL_A_OBJECT_MAP_START = 33,
	MORSEL_A_OBJECT_MAP_LENGTH = 34,
	MORSEL_A_OBJECT_MAP_OFFSET = 35,
	MORSEL_A_OBJECT_MAP_VIEW = 36,
	MORSEL_A_OBJECT_SEALED = 37,
	MORSEL_A_OBJECT_REVOKES = 38,
	MORSEL_A_OBJECT_ACL = 39,
	MORSEL_A_OBJECT_DEFAULT_ACL = 40,
	MORSEL_A_OBJECT_NO_DEFAULT_ACL = 41,
	MORSEL_A_OBJECT_REVOKE = 42,
	MORSEL_A_OBJECT_ADDR = 43,
	MORSEL_A_OBJECT_MAX_SIZE = 44,
	MORSEL_A_OBJECT_NO_ADDR = 45,
	MORSEL_A_OBJECT_PROCESSES = 46,
	MORSEL_A_OBJECT_MAPS = 47,
	MORSEL_A_OBJECT_UNMAPS = 48,
	MORSEL_A_OBJECT_FAULTS = 49,
	MORSEL_A_OBJECT_LAST_MAPPED = 50,
	MORSEL_A_OBJECT_ACTIVE = 51,
	MORSEL_A_OBJECT_DIRTY = 52,
	MORSEL_A_OBJECT_INTERVAL = 53,
	MORSEL_A_OBJECT_SCAN_AGE = 54,
	MORSEL_A_OBJECT_MAX_AGE = 55,
	MORSEL_A_OBJECT_MAP_PID = 56,
	MORSEL_A_OBJECT_MAP_UID = 57,
	MORSEL_A_OBJECT_MAP_COMMAND = 58,
	MORSEL_A_OBJECT_MAP_LINKS = 59,
	MORSEL_A_OBJECT_MAP_AGE = 60,
	MORSEL_A_OBJECT_WATCH = 61,
	MORSEL_A_OBJECT_WATCH_SEQ = 62,
	MORSEL_A_OBJECT_RIGHTS_SEQ = 63,
	MORSEL_A_OBJECT_POISONED = 64,
	MORSEL_A_OBJECT_PINNED = 65,

	__MORSEL_A_OBJECT_MAX,
	MORSEL_A_OBJECT_MAX = (__MORSEL_A_OBJECT_MAX - 1)
};

/*
 * Attributes "alert": What went wrong, or is about to.
 *
 * @MORSEL_A_ALERT_POOL_ID: u32. Number of the pool.
 * @MORSEL_A_ALERT_POOL_NAME: string, up to 63 bytes. Name of the pool.
 * @MORSEL_A_ALERT_PAD: pad (alignment)
 * @MORSEL_A_ALERT_ID: u64. Number of the object.
 * @MORSEL_A_ALERT_PATH: string, up to 4095 bytes. Where the object is, from
 *   the root of the pool.
 * @MORSEL_A_ALERT_EVENT_SEQ: u64. Number of the event, see the multicast group
 *   "events".
 * @MORSEL_A_ALERT_ACTOR_PID: u32. Process that caused the event, in the
 *   initial pid namespace.
 * @MORSEL_A_ALERT_ACTOR_UID: u32. User that caused the event.
 * @MORSEL_A_ALERT_WHAT: u32 quota-what. What the quota counts.
 * @MORSEL_A_ALERT_UID: u32. Whose quota it is.
 * @MORSEL_A_ALERT_USED: u64. How much of the quota is used; bytes or objects.
 * @MORSEL_A_ALERT_LIMIT: u64. The limit that was passed or held; bytes or
 *   objects.
 * @MORSEL_A_ALERT_START: u64. First address (collision-ntf) or first byte of
 *   the object (error-ntf) that it is about.
 * @MORSEL_A_ALERT_LENGTH: u64. How many bytes from there on.
 * @MORSEL_A_ALERT_OTHER_ID: u64. Number of the object that has the addresses;
 *   absent if it is none of this pool.
 * @MORSEL_A_ALERT_ERROR: u32. The errno that says why.
 * @MORSEL_A_ALERT_WATCH: u64. Notifications to a watcher only. Number of the
 *   watch.
 * @MORSEL_A_ALERT_WATCH_SEQ: u64. Notifications to a watcher only. Number of
 *   the event among those of the watch.
 */
enum {
	MORSEL_A_ALERT_POOL_ID = 1,
	MORSEL_A_ALERT_POOL_NAME = 2,
	MORSEL_A_ALERT_PAD = 3,
	MORSEL_A_ALERT_ID = 4,
	MORSEL_A_ALERT_PATH = 5,
	MORSEL_A_ALERT_EVENT_SEQ = 6,
	MORSEL_A_ALERT_ACTOR_PID = 7,
	MORSEL_A_ALERT_ACTOR_UID = 8,
	MORSEL_A_ALERT_WHAT = 9,
	MORSEL_A_ALERT_UID = 10,
	MORSEL_A_ALERT_USED = 11,
	MORSEL_A_ALERT_LIMIT = 12,
	MORSEL_A_ALERT_START = 13,
	MORSEL_A_ALERT_LENGTH = 14,
	MORSEL_A_ALERT_OTHER_ID = 15,
	MORSEL_A_ALERT_ERROR = 16,
	MORSEL_A_ALERT_WATCH = 17,
	MORSEL_A_ALERT_WATCH_SEQ = 18,

	__MORSEL_A_ALERT_MAX,
	MORSEL_A_ALERT_MAX = (__MORSEL_A_ALERT_MAX - 1)
};

/*
 * Attributes "quota": What the objects of a user in a pool may have together,
 * and what they have.
 *
 * @MORSEL_A_QUOTA_POOL_ID: u32, at least 1. Number of the pool.
 * @MORSEL_A_QUOTA_POOL_NAME: string, up to 63 bytes. Name of the pool.
 * @MORSEL_A_QUOTA_PAD: pad (alignment)
 * @MORSEL_A_QUOTA_UID: u32. Whose quota. In quota-get absent means the
 *   sender's.
 * @MORSEL_A_QUOTA_DEFAULT: flag. The quota of every user who has none of his
 *   own, but not of user 0. Excludes uid.
 * @MORSEL_A_QUOTA_OWN: flag. The user has limits of his own, not the default
 *   ones.
 * @MORSEL_A_QUOTA_REMOVE: flag. The user shall have no limits of his own any
 *   more. Excludes limits.
 * @MORSEL_A_QUOTA_BYTES_SOFT: u64. Bytes allocated to the objects above which
 *   an event is sent. 0 means no limit, in all limits. Counted in frames of 4
 *   KiB, rounded down to them, but not to 0.
 * @MORSEL_A_QUOTA_BYTES_HARD: u64. The most bytes that may be allocated.
 * @MORSEL_A_QUOTA_BYTES_USED: u64. Bytes allocated to objects of the user.
 * @MORSEL_A_QUOTA_OBJECTS_SOFT: u64. Objects above which an event is sent.
 * @MORSEL_A_QUOTA_OBJECTS_HARD: u64. The most objects there may be. Each name
 *   of an object beyond its first counts as one more.
 * @MORSEL_A_QUOTA_OBJECTS_USED: u64. Objects of the user.
 */
enum {
	MORSEL_A_QUOTA_POOL_ID = 1,
	MORSEL_A_QUOTA_POOL_NAME = 2,
	MORSEL_A_QUOTA_PAD = 3,
	MORSEL_A_QUOTA_UID = 4,
	MORSEL_A_QUOTA_DEFAULT = 5,
	MORSEL_A_QUOTA_OWN = 6,
	MORSEL_A_QUOTA_REMOVE = 7,
	MORSEL_A_QUOTA_BYTES_SOFT = 8,
	MORSEL_A_QUOTA_BYTES_HARD = 9,
	MORSEL_A_QUOTA_BYTES_USED = 10,
	MORSEL_A_QUOTA_OBJECTS_SOFT = 11,
	MORSEL_A_QUOTA_OBJECTS_HARD = 12,
	MORSEL_A_QUOTA_OBJECTS_USED = 13,

	__MORSEL_A_QUOTA_MAX,
	MORSEL_A_QUOTA_MAX = (__MORSEL_A_QUOTA_MAX - 1)
};

/*
 * Attributes "acl-entry": An entry of an access control list.
 *
 * @MORSEL_A_ACL_ENTRY_TAG: u32 acl-tag. Whom it is about.
 * @MORSEL_A_ACL_ENTRY_ID: u32. User or group, where the tag says so.
 * @MORSEL_A_ACL_ENTRY_PERM: u32 acl-perm. What is permitted.
 */
enum {
	MORSEL_A_ACL_ENTRY_TAG = 1,
	MORSEL_A_ACL_ENTRY_ID = 2,
	MORSEL_A_ACL_ENTRY_PERM = 3,

	__MORSEL_A_ACL_ENTRY_MAX,
	MORSEL_A_ACL_ENTRY_MAX = (__MORSEL_A_ACL_ENTRY_MAX - 1)
};

/*
 * Attributes "window": The morsel window, the addresses that objects can have
 * in every process.
 *
 * @MORSEL_A_WINDOW_START: u64. First address; a multiple of 1 GiB.
 * @MORSEL_A_WINDOW_END: u64. The address behind the last; a multiple of 1 GiB.
 * @MORSEL_A_WINDOW_PAD: pad (alignment)
 * @MORSEL_A_WINDOW_RESERVATIONS: u64. Objects that have an address.
 * @MORSEL_A_WINDOW_RESERVED: u64. Bytes of the window that they have.
 * @MORSEL_A_WINDOW_LARGEST_GAP: u64. Bytes of the largest gap.
 * @MORSEL_A_WINDOW_MAX_SIZE: u64, 1..70368744177664. Look for a place for an
 *   object that may have so many bytes.
 * @MORSEL_A_WINDOW_ADDR: u64. The address that such an object would get now;
 *   absent if there is none.
 */
enum {
	MORSEL_A_WINDOW_START = 1,
	MORSEL_A_WINDOW_END = 2,
	MORSEL_A_WINDOW_PAD = 3,
	MORSEL_A_WINDOW_RESERVATIONS = 4,
	MORSEL_A_WINDOW_RESERVED = 5,
	MORSEL_A_WINDOW_LARGEST_GAP = 6,
	MORSEL_A_WINDOW_MAX_SIZE = 7,
	MORSEL_A_WINDOW_ADDR = 8,

	__MORSEL_A_WINDOW_MAX,
	MORSEL_A_WINDOW_MAX = (__MORSEL_A_WINDOW_MAX - 1)
};

/*
 * Attributes "vas": A range of addresses.
 *
 * @MORSEL_A_VAS_POOL_ID: u32. Number of the pool of the object.
 * @MORSEL_A_VAS_POOL_NAME: string, up to 63 bytes. Name of the pool.
 * @MORSEL_A_VAS_PAD: pad (alignment)
 * @MORSEL_A_VAS_ID: u64. Number of the object.
 * @MORSEL_A_VAS_PATH: string, up to 4095 bytes. Where the object is, from the
 *   root of the pool. Absent if it has no name (any more), one that is too
 *   long, or one that the caller may not see.
 * @MORSEL_A_VAS_KIND: u32 vas-kind. What is there.
 * @MORSEL_A_VAS_START: u64. First address.
 * @MORSEL_A_VAS_LENGTH: u64. How many bytes from there on.
 * @MORSEL_A_VAS_MAX_SIZE: u64. Reservations, and of who is displaced. The
 *   largest size of the object.
 * @MORSEL_A_VAS_GAPS: flag. Dump the gaps in the window, too.
 * @MORSEL_A_VAS_PID: u32, at least 1. A process, in the pid namespace of the
 *   caller: dump its mappings of objects, not the window.
 * @MORSEL_A_VAS_OFFSET: u64. Mappings only. Where in the object the mapping
 *   begins, in bytes.
 * @MORSEL_A_VAS_VIEW: u32 map-view. Mappings only. Which view is mapped.
 */
enum {
	MORSEL_A_VAS_POOL_ID = 1,
	MORSEL_A_VAS_POOL_NAME = 2,
	MORSEL_A_VAS_PAD = 3,
	MORSEL_A_VAS_ID = 4,
	MORSEL_A_VAS_PATH = 5,
	MORSEL_A_VAS_KIND = 6,
	MORSEL_A_VAS_START = 7,
	MORSEL_A_VAS_LENGTH = 8,
	MORSEL_A_VAS_MAX_SIZE = 9,
	MORSEL_A_VAS_GAPS = 10,
	MORSEL_A_VAS_PID = 11,
	MORSEL_A_VAS_OFFSET = 12,
	MORSEL_A_VAS_VIEW = 13,

	__MORSEL_A_VAS_MAX,
	MORSEL_A_VAS_MAX = (__MORSEL_A_VAS_MAX - 1)
};

/*
 * Commands and notifications
 *
 * MORSEL_CMD_POOL_GET
 *
 *   Get one pool, or dump all of them in the order of their ids.
 *
 *   Who: CAP_SYS_ADMIN, or search permission on the root directory of the
 *   pool. A dump leaves out what the caller may not see; a single pool that
 *   the caller may not see is reported as ENOENT. Who may see a pool may know
 *   all of it, the device it is on included.
 *
 *   Errors: EINVAL (neither id nor name), ENOENT (no such pool).
 *
 * MORSEL_CMD_POOL_NEW
 *
 *   Make a volatile pool that lives until pool-del, mounted or not.
 *
 *   Who: CAP_SYS_ADMIN in the initial user namespace.
 *
 *   Reply: the pool. Event: pool-new-ntf.
 *
 *   Errors: EINVAL (no name; a name that is empty or holds a slash, a
 *   colon or a control character; a size that is too large; an invalid uid
 *   or gid), EEXIST (the name is taken), ENOMEM.
 *
 * MORSEL_CMD_POOL_DEL
 *
 *   Drop a pool made by pool-new, with everything in it.
 *
 *   Who: CAP_SYS_ADMIN in the initial user namespace.
 *
 *   Reply: none but the acknowledgment. Event: pool-del-ntf.
 *
 *   Errors: EINVAL (neither id nor name), ENOENT (no such pool), EBUSY
 *   (mounted, or an object is open or mapped), EPERM (made by mount(2);
 *   umount ends it).
 *
 * MORSEL_CMD_POOL_NEW_NTF
 *
 *   A pool has come to be, by pool-new or by mount(2).
 *
 * MORSEL_CMD_POOL_DEL_NTF
 *
 *   A pool is gone, by pool-del or by the last umount.
 *
 * MORSEL_CMD_MORSEL_GET
 *
 *   Get one object, or dump objects in the order of their ids.
 *
 *   do: the object is named by pool and path, or by pool and id.
 *
 *   dump: without a pool, the objects of all pools; with a pool, those of
 *   the pool (the root directory included); with a pool and the path of a
 *   directory, the entries of that directory, and with recursive all that
 *   is below it. A dump during which names changed is marked with
 *   NLM_F_DUMP_INTR; start it over to be exact.
 *
 *   Who: by path, who may search every directory on the way, as stat(2).
 *   By id and in a dump, who may in addition read the directory that holds
 *   the object, as readdir(3) followed by stat(2); other objects do not
 *   appear, and are reported as ENOENT. Objects without a name are shown to
 *   their owner and to CAP_SYS_ADMIN. A dump is judged with the rights of
 *   the process that requested it, whoever receives it.
 *
 *   Errors: EINVAL (no pool; neither path nor id; a bad path; in a dump: a
 *   path without a pool), ENAMETOOLONG, ENOENT, ENOTDIR, ELOOP, EACCES,
 *   ESTALE (path and id are not the same object).
 *
 * MORSEL_CMD_MORSEL_NEW
 *
 *   Create a morsel or a directory. If the path exists, is of that type and
 *   exclusive is not given, nothing is changed and the reply is the
 *   existing object, without the attribute created. A new one gets its name
 *   last: nobody finds it before it has all that was asked for, also after a
 *   power cut.
 *
 *   With addr the object has an address in the morsel window, for as long as
 *   it exists: every process maps it there and nowhere else, and it cannot
 *   become larger than max-size.
 *
 *   Who: as open(2) with O_CREAT or mkdir(2): write and search permission on
 *   the directory. An owner other than the sender needs CAP_CHOWN, a group
 *   that the sender is not in too.
 *
 *   Reply: the object, with created if it is new. Event: morsel-new-ntf.
 *
 *   Errors: EINVAL (no pool, no path, a bad path, an invalid uid or gid, a
 *   symlink or a directory with a size), ENAMETOOLONG, ENOENT (no such
 *   pool, or no directory to hold it), ENOTDIR, ELOOP, EACCES, EPERM
 *   (owner or group), EEXIST, EISDIR or ENOTDIR (exists, but is of the
 *   other type), EROFS, ENOSPC (the pool's limit of objects), EDQUOT,
 *   ENOMEM. Of addr and max-size: EINVAL (max-size without addr, neither it nor
 *   size, a directory, not aligned), EFBIG (the size is above it, or it is
 *   above the window),
 *   ERANGE (outside of the window), EADDRINUSE (overlaps another reservation),
 *   ENOSPC (no gap is large enough), EDQUOT (more of the window than the module
 *   parameter user_addresses lets the owner have in a pool), EPERM (the module parameter
 *   fixed_addr_admin_only lets only CAP_SYS_ADMIN choose an address).
 *
 * MORSEL_CMD_MORSEL_SET
 *
 *   Change size, permission bits, owner or group of an object: all that are
 *   given, or nothing. A smaller size frees what is beyond; mappings of that
 *   part get SIGBUS.
 *
 *   Who: the object is found as by morsel-get. size needs write permission
 *   on the object, mode its owner or CAP_FOWNER, uid CAP_CHOWN, gid its
 *   owner (for his own groups) or CAP_CHOWN.
 *
 *   With addr an object gets an address, as in morsel-new, in place of the
 *   one that it has, if any; without max-size it keeps that of the old one.
 *   With no-addr it loses it. Either goes without any other change, for the
 *   owner or CAP_FOWNER, and while the object is not mapped; errors are
 *   those of morsel-new, after which it has what it had, and EBUSY (mapped)
 *   and ENOENT (no-addr: it has none).
 *
 *   Reply: the object. Event: morsel-set-ntf.
 *
 *   Errors: as morsel-get, and EINVAL (nothing to set, an invalid uid or
 *   gid), EISDIR (size of a directory), EPERM, EACCES, EFBIG, EROFS, ENOSPC.
 *
 * MORSEL_CMD_MORSEL_RENAME
 *
 *   Move an object within its pool, as renameat2(2). With id, only if the
 *   object at path has that id.
 *
 *   Who: write and search permission on both directories; in a sticky
 *   directory the owner of the object or of the directory.
 *
 *   Reply: the object at its new path. Event: morsel-rename-ntf, two of
 *   them with exchange; a replaced object is reported by morsel-del-ntf
 *   first.
 *
 *   Errors: as morsel-get, and EINVAL (no path or new-path, the root, a
 *   directory into itself, both flags at once), EEXIST (noreplace),
 *   ENOENT (also: exchange without a target), ENOTDIR, EISDIR, ENOTEMPTY,
 *   EACCES, EPERM, EBUSY, EROFS.
 *
 * MORSEL_CMD_MORSEL_DEL
 *
 *   Remove a name. A directory must be empty. The object itself goes with
 *   its last name, last descriptor and last mapping. With id, only if the
 *   object at path has that id.
 *
 *   Who: write and search permission on the directory; in a sticky
 *   directory the owner of the object or of the directory.
 *
 *   Reply: none but the acknowledgment. Event: morsel-del-ntf.
 *
 *   Errors: as morsel-get, and EINVAL (no path, the root), ENOTEMPTY,
 *   EBUSY, EACCES, EPERM, EROFS.
 *
 * MORSEL_CMD_MORSEL_NEW_NTF
 *
 *   An object has got a name, by morsel-new or through the file system.
 *
 * MORSEL_CMD_MORSEL_SET_NTF
 *
 *   Size, permission bits, owner or group of an object were set, by
 *   morsel-set or through the file system (truncate, chmod, chown and the
 *   like). Growth by write(2) is not reported.
 *
 * MORSEL_CMD_MORSEL_RENAME_NTF
 *
 *   An object has moved from old-path to path.
 *
 * MORSEL_CMD_MORSEL_DEL_NTF
 *
 *   A name is gone; path is what it was, nlink the number of names that
 *   remain.
 *
 * MORSEL_CMD_MORSEL_RIGHTS_NTF
 *
 *   Rights on an object were set beyond its permission bits: an access list.
 *
 * MORSEL_CMD_MORSEL_REVOKE_NTF
 *
 *   Mappings and descriptors of an object were taken away, or made read-only.
 *   With pinned if pages of it were in use all the same.
 *
 * MORSEL_CMD_MORSEL_SEAL_NTF
 *
 *   The contents of an object are final.
 *
 * MORSEL_CMD_MORSEL_MAP_NTF
 *
 *   A process has a mapping of an object (one more attachment): by mmap(2),
 *   with its first touch after fork(2), or where a mapping is split or
 *   moved. Not sent, and not counted, while nobody listens.
 *
 * MORSEL_CMD_MORSEL_UNMAP_NTF
 *
 *   A mapping that had a morsel-map-ntf has ended: by munmap(2), exec or exit.
 *
 * MORSEL_CMD_QUOTA_SOFT_NTF
 *
 *   A user has passed the soft limit of a quota.
 *
 * MORSEL_CMD_QUOTA_REFUSED_NTF
 *
 *   Something was refused because it would have passed the hard limit of a quota.
 *
 * MORSEL_CMD_COLLISION_NTF
 *
 *   An object cannot have the addresses that it wants; another has them.
 *
 * MORSEL_CMD_ERROR_NTF
 *
 *   Part of an object is not usable, and somebody who wanted it was refused
 *   for that: error is EIO after a memory or media error, EUCLEAN where
 *   records are damaged. A damaged object is also told of when its pool is
 *   mounted, if that finds the damage.
 *
 * MORSEL_CMD_RIGHTS_GET
 *
 *   Get the rights on one object, or dump them; objects are named and dumped
 *   as by morsel-get, and who may is the same. User and group ids that the
 *   reader's user namespace does not have are told as the overflow id. The
 *   bits of the attribute mode beside the permissions are in no list.
 *
 *   A reply can have up to 24 KiB: receive with a buffer of 32 KiB.
 *
 *   Errors: as morsel-get.
 *
 * MORSEL_CMD_RIGHTS_SET
 *
 *   Change owner, group, permission bits or access control lists of an
 *   object: all that are given, or nothing. The lists are set first, by the
 *   same steps as setfacl(1), then owner, group and mode, as by chown(2) and
 *   chmod(2); chmod(2) of an object with named entries changes its mask.
 *
 *   With revoke, what is lost is lost to who has the object open or mapped,
 *   too. When the command returns no process that has lost the right to read
 *   (write) does so through a mapping or a descriptor, whether he opened it
 *   himself, was handed it, or inherited it: system calls fail with EACCES;
 *   an access to a mapping gets SIGBUS, or SIGSEGV if it is a write and only
 *   that right is lost. From its first revoke on an object is strict: a
 *   descriptor or mapping is good only for what both who opened it and who
 *   uses it (mapped it) have the right to after the last revoke. Who is given
 *   a right back can go on with the mapping and the descriptor he has; a
 *   mapping that was made read-only needs mprotect(2). With
 *   revoke alone nothing is changed but that. Direct I/O in flight and pipes
 *   that hold pages (splice, vmsplice) can end what they have begun. Of a
 *   directory nothing is open in this sense.
 *
 *   Who sets lists that he has made from those he was told sends back rights-seq,
 *   so that he does not undo what another command has changed meanwhile; where he
 *   is refused, he begins anew. What chmod(2) or setfacl(1) change at the same
 *   moment is not held up.
 *
 *   Who: the object is found as by morsel-get; the owner of the object or
 *   CAP_FOWNER; another owner needs CAP_CHOWN, as does a group that the owner
 *   is not in.
 *
 *   Reply: the rights. Events: morsel-rights-ntf for lists, morsel-set-ntf for
 *   the rest, morsel-revoke-ntf when what was revoked is gone.
 *
 *   Errors: as morsel-get, and EINVAL (nothing to set; an entry without tag or
 *   perm, with an id where there is none or without one; an entry twice or
 *   missing; an id that does not exist; a default list of what is no
 *   directory; both no-default-acl and default-acl), E2BIG (more than 256
 *   entries), EPERM, EOPNOTSUPP (lists of a symbolic link), EROFS, EBUSY,
 *   EAGAIN (rights-seq is another by now), ENOMEM.
 *
 * MORSEL_CMD_MORSEL_SEAL
 *
 *   Make the contents of a morsel final. Nobody writes it, resizes it or maps
 *   it for writing from then on, whatever his rights and the descriptors he
 *   has (EPERM); mappings that could be written can be read only. There is no
 *   way back. Its name, its rights and its removal are not affected. Sealing
 *   what is sealed changes nothing.
 *
 *   Who: the object is found as by morsel-get; its owner or CAP_FOWNER.
 *
 *   Reply: the object. Event: morsel-seal-ntf.
 *
 *   Errors: as morsel-get, and EISDIR, EINVAL (a symbolic link), EPERM, EBUSY
 *   (direct I/O is in flight, or a pipe holds pages of the object, through
 *   which it could be changed still: try again), EROFS.
 *
 * MORSEL_CMD_QUOTA_GET
 *
 *   Get the quota of one user in one pool, or dump quotas: of one pool or of
 *   all, for each pool the default one first, then those of the users who
 *   have objects there or limits of their own, in the order of their ids.
 *
 *   Who: who may see the pool, his own quota and the default one.
 *   CAP_SYS_ADMIN: that of any user. A dump leaves out the rest.
 *
 *   Errors: EINVAL (no pool; uid and default at once; an invalid uid),
 *   ENOENT (no such pool), EPERM.
 *
 * MORSEL_CMD_QUOTA_SET
 *
 *   Change limits: the default ones of a pool, or those of one user. What is
 *   not given stays as it is; a user who gets limits of his own has the
 *   default ones else. What is in use stays, even above a new limit.
 *
 *   A hard limit is never passed: what would pass it fails with EDQUOT, a
 *   store into a hole with SIGBUS. Quotas hold for every way to allocate,
 *   and for giving objects to a user by chown(2).
 *
 *   Events: quota-soft-ntf when use rises above a soft limit;
 *   quota-refused-ntf when something is refused, for each user, pool and
 *   kind of limit at most once a second.
 *
 *   Who: CAP_SYS_ADMIN in the initial user namespace.
 *
 *   Reply: the quota.
 *
 *   Errors: EINVAL (no pool; neither uid nor default, or both; nothing to
 *   set; remove with a limit or with default; a soft limit above the hard
 *   one; an invalid uid), ENOENT (no such pool), ENOMEM.
 *
 * MORSEL_CMD_WINDOW_GET
 *
 *   Get the morsel window, and with max-size the place where an object would fit.
 *
 *   Who: anybody.
 *
 * MORSEL_CMD_WINDOW_SET
 *
 *   Change the morsel window, as the module parameter "window" does; only
 *   while no object has an address.
 *
 *   Who: CAP_SYS_ADMIN in the initial user namespace.
 *
 *   Reply: the window.
 *
 *   Errors: EINVAL (start or end is missing or not aligned, the end is not
 *   behind the start, not in user space), EBUSY (there are reservations).
 *
 * MORSEL_CMD_VAS_GET
 *
 *   Dump the reservations in the morsel window in the order of their
 *   addresses, with the flag gaps also what is between them, and after them
 *   the objects that are displaced; or with a pid the mappings of objects that
 *   a process has.
 *
 *   Who: anybody; reservations of objects that the caller may not see (see
 *   morsel-get) do not appear, and are no gaps. Mappings: who may read the
 *   memory of the process as ptrace(2) has it.
 *
 *   Errors: EINVAL (gaps and pid at once), ESRCH (no such process), EPERM.
 *
 * MORSEL_CMD_USAGE_GET
 *
 *   Get how one object is used, or dump it; objects are named and dumped as
 *   by morsel-get, and who may is the same. What is active and dirty is told
 *   to who may read the object, and absent for others.
 *
 *   One scan of the views that all processes share finds what is active, and
 *   begins the next interval, for everybody. Its result stays with the
 *   object: who asks within 100 ms, or within max-age, gets the same. Who
 *   asks later gets what was used since the last scan, whoever asked for
 *   that: interval says how long that is.
 *
 *   Errors: as morsel-get; EINTR.
 *
 * MORSEL_CMD_ATTACHMENT_GET
 *
 *   Dump the mappings of objects: of one, named by path or by id, of those in
 *   a directory, or of all in a pool or in all pools. The mappings of an
 *   object come in the order in which they were made. The view is that of the
 *   last fault in the mapping, or that it was made with.
 *
 *   Who: an object must be one that morsel-get would show. Mappings of other
 *   users' processes are shown to CAP_SYS_ADMIN only, those of processes that
 *   are not in the reader's pid namespace to nobody.
 *
 *   Errors: as morsel-get.
 *
 * MORSEL_CMD_MORSEL_WATCH
 *
 *   Have the events of a morsel, or of a directory and what it holds, sent to
 *   the socket that asks, as notifications to nobody else. With recursive what
 *   is below the directory belongs to it. The watch ends with the socket, or
 *   with the pool.
 *
 *   Events have watch, the number of the watch, and watch-seq, which counts
 *   the events of the watch from 1 without gaps, in place of event-seq;
 *   nlmsg_seq has its low 32 bits. A gap means that events were lost: when the
 *   buffer of the socket was full (recvmsg(2) fails with ENOBUFS then, too),
 *   when memory was short, or when the watcher had no right to what he watches
 *   for a time. Look again then.
 *
 *   Which: of the object itself, and of what the directory holds, all kinds
 *   whose notification says morsel-get, collision-ntf (other-id is for
 *   CAP_SYS_ADMIN only), and error-ntf. What is moved into the directory from
 *   where it could not be seen as part of it is told as morsel-new-ntf, what
 *   is moved out as morsel-del-ntf. An event about an object with several names goes
 *   to those who watch the name by which it was changed. Of the pool, pool-set-ntf,
 *   pool-del-ntf, and the events about quotas of the watcher's own user (for
 *   CAP_SYS_ADMIN: of all).
 *
 *   Who: the object is found as by morsel-get; read permission on it, and on a
 *   directory search permission. The rights that the sender had are asked
 *   again for each event: for what is watched, for the directory that holds
 *   what the event is about, which must be readable, and for all above, which
 *   must be searchable. Without them there is no event. The process that
 *   caused it and addresses are told to who may read the memory of that
 *   process, with the number it has in the pid namespace of the watcher.
 *
 *   Reply: the object, with watch. Events can come before it.
 *
 *   Errors: as morsel-get, and ENOTDIR (recursive, but no directory), EINVAL
 *   (a symbolic link), EEXIST (the socket watches it already), EDQUOT (the user
 *   has as many watches as the module parameter watches_per_user says;
 *   CAP_SYS_RESOURCE may have more), ENOMEM.
 *
 * MORSEL_CMD_POOL_SET_NTF
 *
 *   The size, objects-max or huge of a pool has changed, by a remount. The name of
 *   a pool stays what it is for as long as the pool lives. Its root directory is
 *   an object like others: mode and owner of it are told by morsel-set-ntf.
 */
enum {
	MORSEL_CMD_POOL_GET = 1,
	MORSEL_CMD_POOL_NEW = 2,
	MORSEL_CMD_POOL_DEL = 3,
	MORSEL_CMD_POOL_NEW_NTF = 4,
	MORSEL_CMD_POOL_DEL_NTF = 5,
	MORSEL_CMD_MORSEL_GET = 6,
	MORSEL_CMD_MORSEL_NEW = 7,
	MORSEL_CMD_MORSEL_SET = 8,
	MORSEL_CMD_MORSEL_RENAME = 9,
	MORSEL_CMD_MORSEL_DEL = 10,
	MORSEL_CMD_MORSEL_NEW_NTF = 11,
	MORSEL_CMD_MORSEL_SET_NTF = 12,
	MORSEL_CMD_MORSEL_RENAME_NTF = 13,
	MORSEL_CMD_MORSEL_DEL_NTF = 14,
	MORSEL_CMD_MORSEL_RIGHTS_NTF = 15,
	MORSEL_CMD_MORSEL_REVOKE_NTF = 16,
	MORSEL_CMD_MORSEL_SEAL_NTF = 17,
	MORSEL_CMD_MORSEL_MAP_NTF = 18,
	MORSEL_CMD_MORSEL_UNMAP_NTF = 19,
	MORSEL_CMD_QUOTA_SOFT_NTF = 20,
	MORSEL_CMD_QUOTA_REFUSED_NTF = 21,
	MORSEL_CMD_COLLISION_NTF = 22,
	MORSEL_CMD_ERROR_NTF = 23,
	MORSEL_CMD_RIGHTS_GET = 24,
	MORSEL_CMD_RIGHTS_SET = 25,
	MORSEL_CMD_MORSEL_SEAL = 26,
	MORSEL_CMD_QUOTA_GET = 27,
	MORSEL_CMD_QUOTA_SET = 28,
	MORSEL_CMD_WINDOW_GET = 29,
	MORSEL_CMD_WINDOW_SET = 30,
	MORSEL_CMD_VAS_GET = 31,
	MORSEL_CMD_USAGE_GET = 32,
	MORSEL_CMD_ATTACHMENT_GET = 33,
	MORSEL_CMD_MORSEL_WATCH = 34,
	MORSEL_CMD_POOL_SET_NTF = 35,

	__MORSEL_CMD_MAX,
	MORSEL_CMD_MAX = (__MORSEL_CMD_MAX - 1)
};

#define MORSEL_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_MORSEL_H */
