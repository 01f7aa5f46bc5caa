/* SPDX-License-Identifier: GPL-2.0-only */
/* Steps of the random walk, of VMs: in the library and in the model. */
#ifndef WALK_VMS_H
#define WALK_VMS_H

#include "walk_hosts.h"

static void vm_name(char name[CL_NAME_SIZE], int v)
{
	snprintf(name, CL_NAME_SIZE, "vm%d", v);
}

/* What the library answers, as the model has it; a failure is ERROR. */
static enum answer ask(struct cl_vm_request *request)
{
	static struct cl_vm_answer answer;
	int ret = cl_registry_vm(store, request, &answer, &error);
	enum answer got = ret ? ERROR : (enum answer)answer.move.answer;

	tally[request->verb][got]++;
	return got;
}

static void settle(const char *what, enum answer got, enum answer wanted)
{
	expect(what, got, wanted);
}

static void gone(struct vm *vm)
{
	memset(vm, 0, sizeof(*vm));
	vm->pool = vm->host = -1;
}

/* What has begun to start has not, after all. */
static void cancel_start(struct vm *vm, struct cl_vm_request *request)
{
	bool begun = vm->pending == STARTING;

	request->step = CL_STEP_CANCEL;
	request->fresh = vm->fresh;
	request->host = NULL;
	settle("cancel", ask(request), begun ? YES : ERROR);
	if (begun && vm->fresh)
		gone(vm);
	if (!begun || !vm->now.there)
		return;
	vm->now = (struct image){ .there = true };
	vm->host = -1;
	vm->pending = SETTLED;
}

static void start(struct vm *vm, struct cl_vm_request *request, int h)
{
	enum answer wanted = ERROR;
	struct set level;
	bool fresh = !vm->now.there;
	int nr;

	if (vm->now.there && !pick(8)) {
		cancel_start(vm, request);
		return;
	}
	request->step = pick(4) ? CL_STEP_ALL : CL_STEP_BEGIN;

	level = level_of(&m, m.hosts[h].pool, request->type ? HVM : PV, &nr);
	if (vm->now.there && vm->type != request->type)
		wanted = ERROR;
	else if (m.hosts[h].pool >= 0 && vm->now.state == HALTED &&
		 (vm->pool < 0 || vm->pool == m.hosts[h].pool) &&
		 m.hosts[h].offers[request->type ? HVM : PV])
		wanted = YES;
	settle("start", ask(request), wanted);
	if (wanted != YES)
		return;
	vm->type = request->type;
	vm->pool = m.hosts[h].pool;
	vm->host = h;
	vm->now = (struct image){ true, RUNNING, m.hosts[h].vendor, level, false };
	vm->pending = request->step == CL_STEP_BEGIN ? STARTING : SETTLED;
	vm->fresh = fresh;
	vm->to = h;
}

static void plain(struct vm *vm, struct cl_vm_request *request)
{
	bool stop_it = request->verb == CL_VM_STOP;
	enum answer wanted = ERROR;

	if (vm->now.there && (vm->now.state == RUNNING ||
			      (stop_it && vm->now.state == SUSPENDED)) &&
	    (stop_it || !vm->pending))
		wanted = YES;
	settle("stop or suspend", ask(request), wanted);
	if (wanted != YES)
		return;
	if (!stop_it) {
		vm->now.state = SUSPENDED;
		return;
	}
	vm->now = (struct image){ .there = true };
	vm->host = -1;
	vm->pending = SETTLED;
}

static void reboot(struct vm *vm, struct cl_vm_request *request)
{
	enum answer wanted = ERROR;
	int nr;

	request->by_itself = !pick(4);
	if (vm->now.there && vm->now.state == RUNNING && !vm->pending)
		wanted = YES;
	if (wanted == YES && !request->by_itself &&
	    !m.hosts[vm->host].offers[guest_of(vm)])
		wanted = ERROR;
	settle("reboot", ask(request), wanted);
	if (wanted != YES || request->by_itself)
		return;
	vm->now.set = level_of(&m, vm->pool, guest_of(vm), &nr);
	vm->now.vendor = m.hosts[vm->host].vendor;
	vm->now.excused = false;
}

/* Moving, resuming, reverting: the image is to be on h. */
static enum answer land(const struct vm *vm, const struct image *image, int h,
			bool same_host)
{
	int guest = guest_of(vm), s;
	enum answer answer;

	if (m.hosts[h].pool < 0)
		return ERROR;
	answer = same_host ? YES : fits(&m, image, guest, h);
	if (answer != YES || m.hosts[h].pool == vm->pool)
		return answer;
	answer = fits_all(&m, image, guest, m.hosts[h].pool);
	for (s = 0; s < NR_SAVED && answer == YES; s++)
		if (vm->saved[s].there)
			answer = fits_all(&m, &vm->saved[s], guest, m.hosts[h].pool);
	return answer;
}

static bool goes(const struct cl_vm_request *request, enum answer answer)
{
	return answer == YES || (answer != ERROR && request->force) ||
	       (answer == STRANDED && request->allow_stranded);
}

static void land_on(struct vm *vm, int h, enum answer answer)
{
	vm->pool = m.hosts[h].pool;
	vm->host = h;
	vm->now.state = RUNNING;
	vm->now.excused |= answer != YES && answer != STRANDED;
	vm->pending = SETTLED;
}

/* The end of a move that has begun: it was made, or it was not. */
static void end_move(struct vm *vm, struct cl_vm_request *request)
{
	bool moved = pick(2), begun = vm->pending == MOVING;
	enum answer wanted = begun ? YES : ERROR;

	request->step = moved ? CL_STEP_END : CL_STEP_CANCEL;
	request->force = true;
	request->host = NULL;
	if (begun && moved)
		wanted = land(vm, &vm->now, vm->to, vm->to == vm->host);
	settle("the end of a move", ask(request), wanted);
	if (begun && moved)
		land_on(vm, vm->to, wanted);
	vm->pending = begun ? SETTLED : vm->pending;
}

static void move(struct vm *vm, struct cl_vm_request *request, int h)
{
	bool resume = request->verb == CL_VM_RESUME;
	enum answer wanted = ERROR;

	if (!resume && vm->pending == MOVING && pick(2)) {
		end_move(vm, request);
		return;
	}
	request->step = resume || pick(2) ? CL_STEP_ALL : CL_STEP_BEGIN;

	request->force = !pick(16);
	request->allow_stranded = !pick(3);
	if (vm->now.there && !vm->pending)
		wanted = land(vm, &vm->now, h,
			      vm->now.state == RUNNING && vm->host == h);
	if (resume && vm->now.state != SUSPENDED)
		wanted = ERROR;
	settle(resume ? "resume" : "migrate", ask(request), wanted);
	if (!goes(request, wanted))
		return;
	if (request->step == CL_STEP_BEGIN && vm->now.state == RUNNING) {
		vm->pending = MOVING;
		vm->to = h;
		return;
	}
	vm->pool = m.hosts[h].pool;
	if (vm->now.state != HALTED)
		vm->host = h;
	if (resume)
		vm->now.state = RUNNING;
	/* The end of a move is recorded whatever the rules say. */
	vm->now.excused |= wanted != YES && wanted != STRANDED;
}

static void save(struct vm *vm, struct cl_vm_request *request, int s)
{
	enum answer wanted = ERROR;

	request->disks_only = !pick(3);
	if (vm->now.there && !vm->saved[s].there && !vm->pending &&
	    (vm->now.state != HALTED || request->disks_only))
		wanted = YES;
	settle("checkpoint", ask(request), wanted);
	if (wanted != YES)
		return;
	vm->saved[s] = vm->now;
	if (request->disks_only)
		vm->saved[s] = (struct image){ .there = true };
	else
		vm->saved[s].state = SUSPENDED;
}

static void revert(struct vm *vm, struct cl_vm_request *request, int s, int h)
{
	enum answer wanted = ERROR;

	request->force = !pick(16);
	if (vm->now.there && vm->saved[s].there && !vm->pending)
		wanted = land(vm, &vm->saved[s], h, false);
	settle("revert", ask(request), wanted);
	if (!goes(request, wanted))
		return;
	vm->now = vm->saved[s];
	vm->host = -1;
	if (vm->now.state == HALTED)
		return;
	vm->now.state = RUNNING;
	vm->pool = m.hosts[h].pool;
	vm->host = h;
	vm->now.excused |= wanted != YES && wanted != STRANDED;
}

/* It is said where it is, and what is known of it stays. */
static void find_again(struct vm *vm, struct cl_vm_request *request, int h)
{
	bool same = vm->now.state == RUNNING && vm->host == h;
	enum answer wanted = ERROR;

	if (vm->now.state == HALTED)
		return;
	request->force = !pick(16);
	if (vm->type == request->type &&
	    (vm->now.state == SUSPENDED || same || (vm->pending && vm->to == h)))
		wanted = land(vm, &vm->now, h, same);
	settle("adopt what is known", ask(request), wanted);
	if (goes(request, wanted))
		land_on(vm, h, wanted);
}

/* With what it has at home, with an old record, or with none. */
static void adopt(struct vm *vm, struct cl_vm_request *request, int h)
{
	const struct host *host = &m.hosts[h];
	int guest = request->type ? HVM : PV, kind = pick(3);
	enum answer wanted = ERROR;
	struct cl_given recorded = { .max_leaves = { 0 } };
	struct image image;
	struct vm new = *vm;

	if (vm->now.there) {
		find_again(vm, request, h);
		return;
	}
	image = (struct image){ true, RUNNING, host->vendor, host->max[guest], false };
	if (kind) {
		recorded.set = give(&host->def[guest], kind == 1 ? 4 : 17);
		image.set = host->def[guest];
		if (kind == 1)
			memcpy(image.set.w + 4, host->max[guest].w + 4, 4 * (WORDS - 4));
		else
			memset(image.set.w + 17, 0, 4 * (WORDS - 17));
		request->recorded = &recorded;
	}
	if (!host->offers[guest])
		memset(&image.set, 0, sizeof(image.set));
	new.type = request->type;
	if (host->pool >= 0)
		wanted = fits(&m, &image, guest, h);
	settle("adopt", ask(request), wanted);
	if (wanted != YES)
		return;
	*vm = new;
	vm->now = image;
	vm->pool = host->pool;
	vm->host = h;
}

static void forget(struct vm *vm, struct cl_vm_request *request)
{
	request->force = pick(2);
	settle("forget", ask(request), vm->now.there &&
	       (vm->now.state == HALTED || request->force) ? YES : ERROR);
	if (vm->now.there && (vm->now.state == HALTED || request->force))
		gone(vm);
}

static void act(void)
{
	static const enum cl_vm_verb verbs[] = {
		CL_VM_START, CL_VM_START, CL_VM_START, CL_VM_MIGRATE,
		CL_VM_MIGRATE, CL_VM_MIGRATE, CL_VM_MIGRATE, CL_VM_RESUME,
		CL_VM_RESUME, CL_VM_REBOOT, CL_VM_STOP, CL_VM_SUSPEND,
		CL_VM_CHECKPOINT, CL_VM_REVERT, CL_VM_ADOPT, CL_VM_FORGET
	};
	int v = pick(NR_VMS), h = pick(NR_HOSTS), s = pick(NR_SAVED);
	char name[CL_NAME_SIZE], host[CL_NAME_SIZE], other[16];
	struct vm *vm = &m.vms[v];
	struct cl_vm_request request = {
		.verb = verbs[pick(sizeof(verbs) / sizeof(verbs[0]))],
		.name = name, .type = -1,
	};

	vm_name(name, v);
	host_name(host, h);
	snprintf(other, sizeof(other), "saved%d", s);
	switch (request.verb) {
	case CL_VM_START:
	case CL_VM_ADOPT:
		request.type = vm->now.there && pick(8) ? vm->type : (int)pick(3);
		/* fall through */
	case CL_VM_MIGRATE:
	case CL_VM_RESUME:
		request.host = host;
		break;
	case CL_VM_REVERT:
		request.host = host;
		/* fall through */
	case CL_VM_CHECKPOINT:
		request.other = other;
		break;
	default:
		break;
	}
	if (request.verb == CL_VM_START)
		start(vm, &request, h);
	else if (request.verb == CL_VM_STOP || request.verb == CL_VM_SUSPEND)
		plain(vm, &request);
	else if (request.verb == CL_VM_REBOOT)
		reboot(vm, &request);
	else if (request.verb == CL_VM_MIGRATE || request.verb == CL_VM_RESUME)
		move(vm, &request, h);
	else if (request.verb == CL_VM_CHECKPOINT)
		save(vm, &request, s);
	else if (request.verb == CL_VM_REVERT)
		revert(vm, &request, s, h);
	else if (request.verb == CL_VM_ADOPT)
		adopt(vm, &request, h);
	else
		forget(vm, &request);
}

#endif /* WALK_VMS_H */
