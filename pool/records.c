// SPDX-License-Identifier: LGPL-2.1-or-later
/* The forms of records: pools, their hosts, VMs, the max leaves that hosts accept. */
#include <errno.h>
#include <string.h>

#include "../lib/private.h"
#include "pool.h"
#include "record.h"

#define FORM(form_name, type, form_fields) \
	.name = (form_name), .version = 1, .size = sizeof(type), \
	.fields = (form_fields), .nr = ARRAY_SIZE(form_fields)

/* ---- Pools ---- */

#define POOL(member, as, ...)	CL_FIELD(struct cl_pool, member, as, ##__VA_ARGS__)

static const struct cl_record_field pool_fields[] = {
	{ "name", POOL(name, CL_AS_OWN_NAME) },
	{ "vendor", POOL(vendor, CL_AS_VENDOR) },
	{ "changes", POOL(changes, CL_AS_U64) },
	{ "hosts", POOL(nr_hosts, CL_AS_U32) },
	{ "pv_hosts", POOL(offering[CL_GUEST_PV], CL_AS_U32) },
	{ "hvm_hosts", POOL(offering[CL_GUEST_HVM], CL_AS_U32) },
	{ "pv_level", POOL(level[CL_GUEST_PV], CL_AS_SET) },
	{ "hvm_level", POOL(level[CL_GUEST_HVM], CL_AS_SET) },
};

const struct cl_record_form cl_pool_form = {
	FORM("cpulevel-pool", struct cl_pool, pool_fields)
};

/* ---- Hosts: a record of the member, then the host as it is saved ---- */

#define MEMBER_FORM	"cpulevel-member"
#define MEMBER(member, as) CL_FIELD(struct cl_member, member, as)

static const struct cl_record_field member_fields[] = {
	{ "pool", MEMBER(pool, CL_AS_NAME) },
	{ "boot", MEMBER(boot, CL_AS_TEXT) },
	{ "machine", MEMBER(machine, CL_AS_TEXT) },
	{ "estimated", MEMBER(estimated, CL_AS_BOOL) },
	{ "one_policy", MEMBER(one_policy, CL_AS_BOOL) },
};

/* Of a host's fields the library checks the sets; these are names here. */
static int check_host(const struct cl_host *host, struct cl_error *error)
{
	int ret = cl_name_check(host->name, MEMBER_FORM, error);

	return ret ? ret : cl_vendor_check(host->vendor, MEMBER_FORM, error);
}

static int write_host(const void *value, FILE *to, struct cl_error *error)
{
	const struct cl_member *member = value;
	int ret = check_host(&member->host, error);

	if (!ret)
		cl_host_write(&member->host, to);
	return ret;
}

static int parse_host(void *value, const char *text, size_t len,
		      struct cl_error *error)
{
	struct cl_member *member = value;

	if (cl_host_parse(&member->host, text, len, "member", NULL) ||
	    check_host(&member->host, NULL))
		return cl_record_damaged(MEMBER_FORM, "its host", error);
	/* A member's max sets are complete; Xen's version is kept, and would say otherwise. */
	member->host.one_policy = false;
	return 0;
}

const struct cl_record_form cl_member_form = {
	FORM(MEMBER_FORM, struct cl_member, member_fields),
	.write_rest = write_host, .parse_rest = parse_host
};

/* ---- VMs ---- */

#define VM(member, as, ...)	CL_FIELD(struct cl_vm, member, as, ##__VA_ARGS__)

static const struct cl_record_field vm_fields[] = {
	{ "name", VM(name, CL_AS_OWN_NAME) },
	{ "pool", VM(pool, CL_AS_NAME) },
	{ "host", VM(host, CL_AS_NAME) },
	{ "type", VM(type, CL_AS_CHOICE, .name_of = cl_vm_type_name) },
	{ "state", VM(state, CL_AS_CHOICE, .name_of = cl_vm_state_name) },
	{ "kind", VM(kind, CL_AS_CHOICE, .name_of = cl_vm_kind_name) },
	{ "flag", VM(flags, CL_AS_BITS, .name_of = cl_vm_flag_name) },
	{ "vendor", VM(vendor, CL_AS_VENDOR) },
	{ "set", VM(set, CL_AS_SET) },
	{ "exposed", VM(exposed, CL_AS_SET) },
	{ "seen", VM(seen, CL_AS_SET) },
	{ "leaves", VM(max_leaves, CL_AS_MAX_LEAVES) },
	{ "pending", VM(pending, CL_AS_CHOICE, .how = CL_OMIT_ZERO, .name_of = cl_vm_pending_name) },
	{ "pending_host", VM(pending_host, CL_AS_NAME) },
	{ "pending_since", VM(pending_since, CL_AS_TIME, .how = CL_OMIT_ZERO) },
	{ "moving_to", VM(pending_host, CL_AS_NAME, .how = CL_ONLY_READ) },
	{ "moving_since", VM(pending_since, CL_AS_TIME, .how = CL_ONLY_READ) },
};

static int check_pending(const void *value, FILE *to, struct cl_error *error)
{
	const struct cl_vm *vm = value;

	(void)to;
	return *vm->pending_host && !vm->pending ?
	       cl_fail(error, -EINVAL, vm->name,
		       "nothing is pending on %s; nothing was recorded",
		       vm->pending_host) : 0;
}

/* Of earlier releases: a VM that moved to where it was, was being started. */
static int settle_pending(void *value, const char *text, size_t len,
			  struct cl_error *error)
{
	struct cl_vm *vm = value;

	(void)text;
	if (*vm->pending_host && !vm->pending)
		vm->pending = strcmp(vm->pending_host, vm->host) ?
			      CL_PENDING_MOVING : CL_PENDING_STARTING;
	return len ? cl_record_damaged("cpulevel-vm", "what follows its end",
				       error) : 0;
}

const struct cl_record_form cl_vm_form = {
	FORM("cpulevel-vm", struct cl_vm, vm_fields),
	.write_rest = check_pending, .parse_rest = settle_pending
};

/* ---- Max leaves that a host accepts ---- */

#define ACCEPTED(member) \
	CL_FIELD(struct cl_accepted_leaves, member, CL_AS_MAX_LEAVES)

static const struct cl_record_field accepted_fields[] = {
	{ "pv", ACCEPTED(of[CL_GUEST_PV]) },
	{ "hvm", ACCEPTED(of[CL_GUEST_HVM]) },
};

const struct cl_record_form cl_accepted_leaves_form = {
	FORM("cpulevel-takes", struct cl_accepted_leaves, accepted_fields)
};
