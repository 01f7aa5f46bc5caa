// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pools and hosts in a store: made, joined, reported, left. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../lib/private.h"
#include "registry.h"

/* One of them, as the transactions see it. */
struct request {
	const char *pool, *host;
	const struct cl_member *member;
	bool force;
	struct cl_change *change;
	struct cl_pool_counts counts;
};

static int create(struct cl_txn *txn, void *arg)
{
	struct request *request = arg;
	char key[CL_KEY_SIZE];
	struct cl_value value;
	struct cl_pool pool;
	int ret;

	CL_KEY(key, "pool/%s", request->pool);
	ret = cl_txn_get(txn, key, &value);
	if (!ret) {
		free(value.data);
		return cl_fail(cl_txn_error(txn), -EEXIST, request->pool,
			       "there is a pool of that name already");
	}
	if (ret != -ENOENT)
		return ret;
	cl_pool_init(&pool, &request->counts, request->pool);
	return cl_put_pool(txn, &pool, &request->counts);
}

int cl_registry_create(struct cl_store *store, const char *name,
		       struct cl_error *error)
{
	struct request request = { .pool = name };
	int ret = cl_name_check(name, "pool", error);

	return ret ? ret : cl_store_update(store, create, &request, error);
}

/* ---- What a change leaves behind ---- */

static bool levels_differ(const struct cl_pool *a, const struct cl_pool *b)
{
	return !cl_equal(&a->level[CL_GUEST_PV], &b->level[CL_GUEST_PV]) ||
	       !cl_equal(&a->level[CL_GUEST_HVM], &b->level[CL_GUEST_HVM]);
}

static int keep_pool(struct cl_txn *txn, struct request *request,
		     const char *verb, const char *host, bool always)
{
	struct cl_change *change = request->change;
	struct cl_event event = { .forced = request->force };
	int ret = 0;

	snprintf(event.verb, sizeof(event.verb), "%s", verb);
	snprintf(event.subject, sizeof(event.subject), "%s", host);
	memcpy(event.before, change->before.level, sizeof(event.before));
	memcpy(event.after, change->after.level, sizeof(event.after));
	if (always || event.forced ||
	    levels_differ(&change->before, &change->after))
		ret = cl_put_event(txn, &change->after, &event);
	return ret ? ret : cl_put_pool(txn, &change->after, &request->counts);
}

/* ---- Join ---- */

/* Linux has printed a UUID in capitals, too. */
static bool other_machine(const struct cl_member *a, const struct cl_member *b)
{
	return *a->machine && *b->machine && strcasecmp(a->machine, b->machine);
}

static int refuse_second(struct cl_txn *txn, const struct cl_member *there,
			 const struct cl_member *member)
{
	const struct cl_host *a = &there->host, *b = &member->host;

	if (a->signature != b->signature || strcmp(a->vendor, b->vendor))
		return cl_fail(cl_txn_error(txn), -EEXIST, b->name,
			       "another host of that name, of other CPUs, is in pool %s; give one of them another name",
			       there->pool);
	if (other_machine(there, member))
		return cl_fail(cl_txn_error(txn), -EEXIST, b->name,
			       "another host of that name, of another machine, is in pool %s; give one of them another name",
			       there->pool);
	return cl_fail(cl_txn_error(txn), -EEXIST, b->name,
		       "is in pool %s already; `pool report` takes its sets again",
		       there->pool);
}

static int join(struct cl_txn *txn, void *arg)
{
	struct request *request = arg;
	struct cl_change *change = request->change;
	struct cl_member member = *request->member, there;
	int ret;

	memset(change, 0, sizeof(*change));
	ret = cl_get_pool(txn, request->pool, &change->before, &request->counts);
	if (ret)
		return ret;
	ret = cl_get_host(txn, member.host.name, &there);
	if (ret != -ENOENT)
		return ret ? ret : refuse_second(txn, &there, &member);
	change->after = change->before;
	ret = cl_pool_join(&change->after, &request->counts, &member,
			   cl_txn_error(txn));
	if (ret)
		return ret;
	strcpy(member.pool, change->after.name);
	ret = cl_put_host(txn, &member);
	return ret ? ret : keep_pool(txn, request, "join", member.host.name, true);
}

int cl_join_host(struct cl_txn *txn, const char *pool,
		 const struct cl_member *member, struct cl_change *change)
{
	struct request request = {
		.pool = pool, .member = member, .change = change
	};

	return join(txn, &request);
}

int cl_registry_join(struct cl_store *store, const char *pool,
		     const struct cl_member *member, struct cl_change *change,
		     struct cl_error *error)
{
	struct request request = {
		.pool = pool, .member = member, .change = change
	};

	return cl_store_update(store, join, &request, error);
}

/* ---- The VMs that run on a host ---- */

struct running {
	size_t skip;			/* of the key: "on/HOST/" */
	char (*names)[CL_NAME_SIZE];
	size_t nr;
};

static int add_name(void *arg, const char *key, const struct cl_value *value)
{
	struct running *running = arg;
	void *more;

	(void)value;
	more = cl_grow(running->names, running->nr, sizeof(*running->names));
	if (!more)
		return -ENOMEM;
	running->names = more;
	snprintf(running->names[running->nr++], CL_NAME_SIZE, "%s",
		 key + running->skip);
	return 0;
}

static int find_running(struct cl_txn *txn, const char *host,
			struct running *running)
{
	char prefix[CL_KEY_SIZE];

	memset(running, 0, sizeof(*running));
	running->skip = CL_KEY(prefix, "on/%s/", host);
	return cl_txn_scan(txn, prefix, NULL, add_name, running);
}

/* Is a command moving it away, or was it when it was killed? */
static bool leaving(const struct cl_vm *vm)
{
	return vm->pending == CL_PENDING_MOVING &&
	       strcmp(vm->pending_host, vm->host);
}

/* The host is lost: a VM that was to move to it stays where it is. */
static int lose_host(struct cl_txn *txn, const char *host, struct cl_vm *vm,
		     unsigned int *halted)
{
	if (strcmp(vm->host, host)) {
		cl_vm_migrate_abort(vm);
		return 0;
	}
	++*halted;
	return cl_vm_stop(vm, cl_txn_error(txn));
}

/* The VMs of @host end; those that may be elsewhere by now only if it is @lost. */
static int halt(struct cl_txn *txn, const char *host,
		const struct running *running, bool lost, unsigned int *halted)
{
	struct cl_vm vm, before;
	size_t i;
	int ret = 0;

	for (i = 0, *halted = 0; i < running->nr && !ret; i++) {
		ret = cl_get_vm(txn, running->names[i], &before);
		if (!ret && leaving(&before) && !lost)
			continue;
		vm = before;
		if (!ret)
			ret = lose_host(txn, host, &vm, halted);
		if (!ret)
			ret = cl_put_vm(txn, &vm, &before);
	}
	return ret;
}

/* VMs that have more than the host can give since it reported again. */
static int find_over(struct cl_txn *txn, const struct running *running,
		     const struct cl_member *member, struct cl_change *change)
{
	struct cl_vm vm;
	struct cl_move move;
	size_t i;
	int ret = 0;

	for (i = 0; i < running->nr && !ret; i++) {
		ret = cl_get_vm(txn, running->names[i], &vm);
		if (ret)
			break;
		cl_vm_fits(&move, &vm, NULL, member);
		if (move.answer == CL_MOVE_YES)
			continue;
		if (!change->over++)
			strcpy(change->first, vm.name);
	}
	return ret;
}

/* ---- Report ---- */

static int believe(const struct cl_member *before, const struct cl_member *now,
		   struct cl_error *error)
{
	unsigned int set;

	if (other_machine(before, now))
		return cl_fail(error, -EXDEV, now->host.name,
			       "is another machine than the one that reported as it until now; if its disk is a copy, join it as another host, with --name; if it replaces that one, `pool report --force`");
	for (set = 0; set < CL_NR_SETS; set++) {
		unsigned int old = before->host.sets[set].nr_words;
		unsigned int new = now->host.sets[set].nr_words;

		if (now->host.valid >> set & 1 && new < old)
			return cl_fail(error, -EINVAL, now->host.name,
				       "%s has %u words and had %u; is the report whole? give --force if its Xen is older now",
				       cl_set_name(set), new, old);
	}
	return 0;
}

static bool other_boot(const struct cl_member *before,
		       const struct cl_member *now)
{
	return *before->boot && *now->boot && strcmp(before->boot, now->boot);
}

static int report_vms(struct cl_txn *txn, const struct cl_member *before,
		      const struct cl_member *now, struct cl_change *change)
{
	struct running running;
	int ret = find_running(txn, now->host.name, &running);

	if (!ret && other_boot(before, now)) {
		ret = halt(txn, now->host.name, &running, false,
			   &change->halted);
	} else if (!ret) {
		ret = find_over(txn, &running, now, change);
	}
	free(running.names);
	return ret;
}

static int report(struct cl_txn *txn, void *arg)
{
	struct request *request = arg;
	struct cl_change *change = request->change;
	struct cl_member now = *request->member, before;
	int ret;

	memset(change, 0, sizeof(*change));
	ret = cl_get_host(txn, now.host.name, &before);
	if (ret)
		return ret;
	if (!request->force)
		ret = believe(&before, &now, cl_txn_error(txn));
	if (!ret)
		ret = cl_get_pool(txn, before.pool, &change->before,
				  &request->counts);
	if (ret)
		return ret;
	change->after = change->before;
	strcpy(now.pool, before.pool);
	if (!*now.boot)
		strcpy(now.boot, before.boot);
	if (!*now.machine)
		strcpy(now.machine, before.machine);
	ret = cl_pool_report(&change->after, &request->counts, &before, &now,
			     cl_txn_error(txn));
	if (!ret)
		ret = report_vms(txn, &before, &now, change);
	if (!ret)
		ret = cl_put_host(txn, &now);
	return ret ? ret : keep_pool(txn, request, "report", now.host.name, false);
}

int cl_registry_report(struct cl_store *store, const struct cl_member *member,
		       bool force, struct cl_change *change,
		       struct cl_error *error)
{
	struct request request = {
		.member = member, .force = force, .change = change
	};

	return cl_store_update(store, report, &request, error);
}

/* ---- Leave ---- */

static int leave_vms(struct cl_txn *txn, const struct request *request)
{
	struct running running;
	struct cl_vm first;
	int ret = find_running(txn, request->host, &running);

	if (!ret && running.nr && !request->force) {
		ret = cl_get_vm(txn, running.names[0], &first);
		if (!ret)
			ret = cl_fail(cl_txn_error(txn), -EBUSY, request->host,
				      "%zu VMs run there%s, the first is %s; move or stop them, or give --force if the host is lost",
				      running.nr,
				      strcmp(first.host, request->host) ?
				      " or move to it" : "", first.name);
	}
	if (!ret)
		ret = halt(txn, request->host, &running, true,
			   &request->change->halted);
	free(running.names);
	return ret;
}

static int leave(struct cl_txn *txn, void *arg)
{
	struct request *request = arg;
	struct cl_change *change = request->change;
	struct cl_member member;
	int ret;

	memset(change, 0, sizeof(*change));
	ret = cl_get_host(txn, request->host, &member);
	if (!ret)
		ret = cl_get_pool(txn, member.pool, &change->before,
				  &request->counts);
	if (ret)
		return ret;
	change->after = change->before;
	ret = cl_pool_leave(&change->after, &request->counts, &member,
			    cl_txn_error(txn));
	if (!ret)
		ret = leave_vms(txn, request);
	if (!ret)
		ret = cl_remove_host(txn, &member);
	return ret ? ret : keep_pool(txn, request, "leave", member.host.name, true);
}

int cl_registry_leave(struct cl_store *store, const char *host, bool force,
		      struct cl_change *change, struct cl_error *error)
{
	struct request request = {
		.host = host, .force = force, .change = change
	};

	return cl_store_update(store, leave, &request, error);
}
