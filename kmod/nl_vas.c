// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps of address space: of the morsel window, or of what a process has mapped.
 * The cursor of either is an address.
 */
#include <linux/file.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "fs.h"
#include "link.h"
#include "nl.h"
#include "nl_dump.h"
#include "rights.h"
#include "store.h"

/* A range as it is told about. */
struct vas_range {
	enum morsel_vas_kind kind;
	u64 start, length;
	struct morsel_nl_object object;	/* .pool is NULL for a gap */
	u64 max;			/* RESERVATION, DISPLACED */
	u64 offset;			/* MAPPING */
	enum morsel_map_view view;	/* MAPPING */
	u32 pid;			/* MAPPING */
};

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, MORSEL_A_VAS_PAD);
}

static int fill_object(struct sk_buff *skb, const struct morsel_nl_object *object)
{
	return nla_put_u32(skb, MORSEL_A_VAS_POOL_ID, object->pool->id) ||
	       nla_put_string(skb, MORSEL_A_VAS_POOL_NAME, object->pool->name) ||
	       put_u64(skb, MORSEL_A_VAS_ID, object->inode->i_ino) ||
	       (object->path && nla_put_string(skb, MORSEL_A_VAS_PATH, object->path));
}

static int fill_mapping(struct sk_buff *skb, const struct vas_range *range)
{
	return nla_put_u32(skb, MORSEL_A_VAS_PID, range->pid) ||
	       put_u64(skb, MORSEL_A_VAS_OFFSET, range->offset) ||
	       nla_put_u32(skb, MORSEL_A_VAS_VIEW, range->view);
}

static int fill_range(struct sk_buff *skb, const struct vas_range *range)
{
	if (nla_put_u32(skb, MORSEL_A_VAS_KIND, range->kind) ||
	    put_u64(skb, MORSEL_A_VAS_START, range->start) ||
	    put_u64(skb, MORSEL_A_VAS_LENGTH, range->length) ||
	    (range->object.pool && fill_object(skb, &range->object)) ||
	    (range->max && put_u64(skb, MORSEL_A_VAS_MAX_SIZE, range->max)) ||
	    (range->kind == MORSEL_VAS_KIND_MAPPING && fill_mapping(skb, range)))
		return -EMSGSIZE;
	return 0;
}

static int dump_range(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct vas_range *range)
{
	void *header = morsel_nl_dump_header(skb, cb, MORSEL_CMD_VAS_GET);

	return header ? morsel_nl_dump_end(skb, header, fill_range(skb, range)) : -EMSGSIZE;
}

/* ---- the window ---- */

/* The object of a place, with references, if it is still there. */
static bool get_object(const struct morsel_place *place, struct morsel_nl_object *object)
{
	object->pool = morsel_pool_get_by_id(place->pool);
	if (!object->pool)
		return false;
	object->inode = morsel_inode_get(object->pool, place->object);
	if (object->inode)
		return true;
	morsel_pool_put(object->pool);
	return false;
}

/* If the caller may see the object. */
static int dump_place_of(struct sk_buff *skb, struct netlink_callback *cb,
			 struct morsel_nl_place *where, struct vas_range *range)
{
	int error = 0;

	if (morsel_may_see_pool(range->object.pool) && morsel_nl_locate(where, &range->object))
		error = dump_range(skb, cb, range);
	morsel_nl_place_leave(where);
	return error;
}

static int dump_reservation(struct sk_buff *skb, struct netlink_callback *cb,
			    struct morsel_nl_place *where, struct vas_range *range,
			    const struct morsel_place *place)
{
	int error;

	if (!get_object(place, &range->object))
		return 0;
	error = dump_place_of(skb, cb, where, range);
	iput(range->object.inode);
	morsel_pool_put(range->object.pool);
	return error;
}

static int dump_place(struct sk_buff *skb, struct netlink_callback *cb,
		      struct morsel_nl_place *where, const struct morsel_place *place)
{
	struct vas_range range = {
		.kind = place->pool ? MORSEL_VAS_KIND_RESERVATION : MORSEL_VAS_KIND_GAP,
		.start = place->start,
		.length = place->end - place->start,
		.max = place->max,
	};

	return place->pool ? dump_reservation(skb, cb, where, &range, place) :
			     dump_range(skb, cb, &range);
}

static int dump_places(struct sk_buff *skb, struct netlink_callback *cb,
		       struct morsel_nl_place *where)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_place place;
	int error = 0;

	while (!error && morsel_reserve_next(dump->next, dump->gaps, &place)) {
		error = dump_place(skb, cb, where, &place);
		if (!error)
			dump->next = place.end;
		cond_resched();
		if (!error && fatal_signal_pending(current))
			error = -EINTR;
	}
	return error;
}

/* The cursor is the object with the least id that is still to come. */
static int dump_displaced_of(struct sk_buff *skb, struct netlink_callback *cb,
			     struct morsel_nl_place *where, struct morsel_pool *pool)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct vas_range range = { .kind = MORSEL_VAS_KIND_DISPLACED, .object.pool = pool };
	struct inode *inode;
	int error = 0;

	while (!error && (inode = morsel_inode_displaced(pool, dump->next))) {
		range.object.inode = inode;
		if (morsel_store_displaced(inode, &range.start, &range.max)) {
			range.length = morsel_reserve_length(range.max);
			error = dump_place_of(skb, cb, where, &range);
		}
		if (!error)
			dump->next = inode->i_ino + 1;
		iput(inode);
		cond_resched();
	}
	return error;
}

/* Which pool is done is in @serial. */
static int dump_displaced(struct sk_buff *skb, struct netlink_callback *cb,
			  struct morsel_nl_place *where)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_pool *pool;
	int error = 0;

	while (!error && (pool = morsel_pool_get_next(dump->serial))) {
		error = dump_displaced_of(skb, cb, where, pool);
		if (!error) {
			dump->serial = pool->id;
			dump->next = 0;
		}
		morsel_pool_put(pool);
	}
	return error;
}

static int dump_window(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_nl_place where = {};
	int error = morsel_nl_place_init(&where);

	if (error)
		return error;
	if (!dump->window_done)
		error = dump_places(skb, cb, &where);
	if (!error && !dump->window_done) {
		dump->window_done = true;
		dump->next = 0;
	}
	if (!error)
		error = dump_displaced(skb, cb, &where);
	morsel_nl_place_exit(&where);
	return morsel_nl_dump_verdict(skb, error);
}

/* ---- a process ---- */

/*
 * The next mapping of an object that ends behind @addr.
 * Return: its file with a reference, NULL at the end, or ERR_PTR: -EINTR.
 */
static struct file *next_mapping(struct mm_struct *mm, u64 addr, struct vas_range *range)
{
	struct vm_area_struct *vma;
	struct file *file = NULL;
	struct vma_iterator vmi;

	if (mmap_read_lock_killable(mm))
		return ERR_PTR(-EINTR);
	vma_iter_init(&vmi, mm, addr);
	for_each_vma(vmi, vma) {
		if (vma->vm_ops != &morsel_vm_ops)
			continue;
		file = get_file(vma->vm_file);
		range->start = vma->vm_start;
		range->length = vma->vm_end - vma->vm_start;
		range->offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
		range->view = morsel_vma_view(vma) == MORSEL_VIEW_RW ? MORSEL_MAP_VIEW_RW :
								       MORSEL_MAP_VIEW_RO;
		break;
	}
	mmap_read_unlock(mm);
	return file;
}

static int tell_mapping(struct sk_buff *skb, struct netlink_callback *cb,
			struct morsel_nl_place *where, struct vas_range *range, struct file *file)
{
	int error;

	range->object = (struct morsel_nl_object){
		.pool = morsel_pool(file_inode(file)->i_sb),
		.inode = file_inode(file),
	};
	if (!morsel_nl_locate(where, &range->object))
		range->object.path = NULL;
	error = dump_range(skb, cb, range);
	morsel_nl_place_leave(where);
	return error;
}

static int tell_mm(struct sk_buff *skb, struct netlink_callback *cb, struct mm_struct *mm,
		   struct vas_range *range)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_nl_place where = {};
	int error = morsel_nl_place_init(&where);
	struct file *file;

	while (!error && (file = next_mapping(mm, dump->next, range))) {
		if (IS_ERR(file)) {
			error = PTR_ERR(file);
			break;
		}
		error = tell_mapping(skb, cb, &where, range, file);
		if (!error)
			dump->next = range->start + range->length;
		fput(file);
		cond_resched();
	}
	morsel_nl_place_exit(&where);
	return error;
}

/* The process may have gone, or have become another, since the last message. */
static int dump_process(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct vas_range range = { .kind = MORSEL_VAS_KIND_MAPPING };
	struct task_struct *task;
	struct mm_struct *mm;
	int error = 0;

	rcu_read_lock();
	task = pid_task(find_pid_ns(dump->pid, &init_pid_ns), PIDTYPE_TGID);
	if (task) {
		get_task_struct(task);
		range.pid = task_tgid_nr_ns(task, task_active_pid_ns(current));
	}
	rcu_read_unlock();
	if (!task)
		return morsel_nl_refuse(cb->extack, NULL, -ESRCH, "there is no such process");
	mm = get_task_mm(task);
	if (!morsel_may_read_process(task, mm))
		error = morsel_nl_refuse(cb->extack, NULL, -EPERM,
					 "the process belongs to somebody else");
	else if (mm)
		error = tell_mm(skb, cb, mm, &range);
	if (mm)
		mmput(mm);
	put_task_struct(task);
	return morsel_nl_dump_verdict(skb, error);
}

/* ---- */

/* The process that the caller means, in the initial pid namespace; 0: none. */
static u32 find_process(u32 pid)
{
	struct pid *found;
	u32 nr = 0;

	rcu_read_lock();
	found = find_vpid(pid);
	if (found && pid_task(found, PIDTYPE_TGID))
		nr = pid_nr(found);
	rcu_read_unlock();
	return nr;
}

int morsel_nl_vas_get_start(struct netlink_callback *cb)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct nlattr **attrs = morsel_genl_dump_attrs(cb);
	const struct nlattr *pid = attrs[MORSEL_A_VAS_PID];

	morsel_nl_dump_start(cb);
	dump->gaps = !!attrs[MORSEL_A_VAS_GAPS];
	if (dump->error || !pid)
		return 0;
	dump->pid = find_process(nla_get_u32(pid));
	if (dump->gaps)
		morsel_nl_dump_refuse(dump, -EINVAL, "a process has no gaps: give gaps or pid");
	else if (!dump->pid)
		morsel_nl_dump_refuse(dump, -ESRCH, "there is no such process");
	return 0;
}

static int dump_vas(struct sk_buff *skb, struct netlink_callback *cb)
{
	return morsel_nl_dump_of(cb)->pid ? dump_process(skb, cb) : dump_window(skb, cb);
}

int morsel_nl_vas_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return morsel_nl_dump_as_asked(skb, cb, dump_vas);
}
