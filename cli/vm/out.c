// SPDX-License-Identifier: GPL-2.0-only
/* VMs and answers about them, on their way out. */
#include <string.h>
#include <time.h>

#include "vm.h"

static void out_name(struct out *out, const char *key, const char *name)
{
	if (*name)
		out_string(out, key, name);
	else
		out_absent(out, key, "none");
}

static void out_flags(struct out *out, const struct cl_vm *vm)
{
	unsigned int n;

	if (!out->json && !vm->flags)
		return;
	out_list(out, "flags");
	for (n = 0; cl_vm_flag_name(n); n++)
		if (vm->flags >> n & 1)
			out_item(out, cl_vm_flag_name(n));
	out_end_list(out);
}

/* Beside the level, as far as there is one. */
static void out_against(struct out *out, const struct cl_vm *vm,
			const struct cl_pool *pool)
{
	struct cl_featureset above, gains;

	cl_vm_above_level(&above, vm, pool);
	cl_vm_gains(&gains, vm, pool);
	if (out->json || !cl_empty(&above))
		out_features(out, "above_level", &above);
	if (out->json || !cl_empty(&gains))
		out_features(out, "restart_gains", &gains);
}

/* A start or a move has begun, and its end is not recorded. */
static void out_pending(struct out *out, const struct cl_vm *vm)
{
	char text[32];
	time_t since = vm->pending_since;
	struct tm utc;

	if (!vm->pending) {
		if (out->json)
			out_absent(out, "pending", "");
		return;
	}
	gmtime_r(&since, &utc);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	out_string(out, "pending", cl_vm_pending_name(vm->pending));
	out_string(out, "pending_host", vm->pending_host);
	out_string(out, "pending_since", text);
	if (out->json)
		return;
	if (vm->pending == CL_PENDING_STARTING)
		out_line(out, "if the command was killed, say whether it runs: cpulevel vm adopt --host, or vm stop");
	else
		out_line(out, "when it has moved: cpulevel vm migrate --done; if it does not: --abort");
}

/* For programs: people are told where they stand in the way. */
static void out_leaves(struct out *out, const struct cl_max_leaves *max)
{
	char text[40];

	if (!out->json)
		return;
	snprintf(text, sizeof(text), "%08x-%08x-%08x", max->max_leaf,
		 max->max_subleaf, max->max_extended_leaf);
	if (max->max_leaf)
		out_string(out, "max_leaves", text);
	else
		out_absent(out, "max_leaves", "");
}

void out_vm(struct out *out, const struct cl_vm *vm, const struct cl_pool *pool)
{
	char text[CL_TEXT_SIZE];

	out_string(out, "type", cl_vm_type_name(vm->type));
	if (out->json || vm->kind != CL_VM_ORDINARY)
		out_string(out, "kind", cl_vm_kind_name(vm->kind));
	out_string(out, "state", cl_vm_state_name(vm->state));
	out_name(out, "pool", vm->pool);
	out_name(out, "host", vm->host);
	out_pending(out, vm);
	out_flags(out, vm);
	if (!cl_vm_alive(vm)) {
		out_absent(out, "features", "those of the level, when it starts");
		return;
	}
	out_string(out, "vendor", vm->vendor);
	out_string(out, "features", cl_featureset_text(&vm->set, text));
	if (out->json || !cl_empty(&vm->exposed))
		out_features(out, "exposed", &vm->exposed);
	out_leaves(out, &vm->max_leaves);
	if (pool)
		out_against(out, vm, pool);
}

/* ---- Answers ---- */

static void out_missing(struct out *out, const struct cl_featureset *missing,
			const char *who)
{
	char name[CL_BIT_NAME_SIZE], place[FEATURE_TEXT_SIZE];
	unsigned int bit;

	if (out->json)
		out_array(out, "missing");
	for (bit = 0; bit < CL_MAX_BITS; bit++) {
		if (!cl_has(missing, bit))
			continue;
		if (!out->json) {
			out_line(out, "%s: %s", feature_text(bit, place), who);
			continue;
		}
		out_entry(out, cl_bit_name(bit, name));
		out_string(out, "place", feature_place(bit, place));
		out_end_group(out);
	}
	if (out->json)
		out_end_group(out);
}

/* The hosts, and what is said of one and of several. */
static void who_lacks(char text[300], const struct cl_vm_answer *answer,
		      const char *one, const char *several)
{
	unsigned int i, named = answer->lacking < 3 ? answer->lacking : 3;
	size_t len = 0;

	for (i = 0; i < named; i++)
		len += snprintf(text + len, 300 - len, "%s%s",
				!i ? "" : i + 1 == answer->lacking ? " and " : ", ",
				answer->hosts[i]);
	if (answer->lacking > named)
		len += snprintf(text + len, 300 - len, " and %u more",
				answer->lacking - named);
	snprintf(text + len, 300 - len, "%s",
		 answer->lacking == 1 ? one : several);
}

static const char *kind_of_leaves(const struct cl_move *move)
{
	return move->leaves.leaf == 7 ? "subleaves of CPUID leaf 7" :
					"CPUID leaves";
}

static void explain_leaves(char text[400], const struct cl_vm_answer *answer)
{
	const struct cl_move *move = &answer->move;

	snprintf(text, 400, "%s has %s up to 0x%x, and Xen on %s rejects a VM with more than 0x%x; started afresh there it has no more",
		 answer->refused, kind_of_leaves(move), move->leaves.vm,
		 answer->host.host.name, move->leaves.host);
}

static const char *explain(const struct cl_vm_answer *answer, char text[400])
{
	const struct cl_vm *vm = &answer->before;
	const struct cl_host *host = &answer->host.host;

	switch (answer->move.answer) {
	case CL_MOVE_VENDOR:
		snprintf(text, 400, "%s was started on CPUs of %s, and %s are of %s",
			 answer->refused, *vm->vendor ? vm->vendor : "another vendor",
			 *host->name ? host->name : answer->pool.name,
			 answer->pool.vendor);
		break;
	case CL_MOVE_TYPE:
		snprintf(text, 400, "%s cannot run %s guests",
			 *host->name ? host->name : answer->pool.name,
			 vm->type == CL_VM_PV ? "PV" : "HVM and PVH");
		break;
	case CL_MOVE_FEATURES:
		snprintf(text, 400, "%s has features that %s cannot give",
			 answer->refused, host->name);
		break;
	case CL_MOVE_LEAVES:
		explain_leaves(text, answer);
		break;
	case CL_MOVE_STRANDED:
		snprintf(text, 400, "%s %s%s%s every host of pool %s",
			 answer->refused, *host->name ? "fits host " : "",
			 host->name, *host->name ? " but not" : "does not fit",
			 answer->pool.name);
		break;
	default:
		return "";
	}
	return text;
}

static void out_too_many(struct out *out, const struct cl_move *move)
{
	char number[16];

	if (!move->leaves.vm) {
		out_absent(out, "too_many_leaves", "");
		return;
	}
	out_group(out, "too_many_leaves");
	snprintf(number, sizeof(number), "%08x", move->leaves.leaf);
	out_string(out, "leaf", number);
	snprintf(number, sizeof(number), "%08x", move->leaves.vm);
	out_string(out, "vm", number);
	snprintf(number, sizeof(number), "%08x", move->leaves.host);
	out_string(out, "host", number);
	out_end_group(out);
}

/* What other hosts of the pool lack, and which: features, or else leaves. */
static void out_stranded(struct out *out, const struct cl_vm_answer *answer)
{
	const struct cl_move *move = &answer->move;
	char who[300];

	who_lacks(who, answer, " lacks it", " lack it");
	out_missing(out, &move->stranded, who);
	if (out->json || !move->leaves.vm)
		return;
	who_lacks(who, answer, " accepts no more than",
		  " accept fewer, one no more than");
	out_line(out, "%s up to 0x%x: %s 0x%x", kind_of_leaves(move),
		 move->leaves.vm, who, move->leaves.host);
}

/* The same for people, who see that line alone. */
static const char *answer_text(enum cl_move_answer answer)
{
	static const char *const texts[CL_NR_MOVE_ANSWERS] = {
		[CL_MOVE_VENDOR] = "blocked: CPUs of another vendor",
		[CL_MOVE_TYPE] = "blocked: no guests of that type",
		[CL_MOVE_FEATURES] = "blocked: missing features",
		[CL_MOVE_STRANDED] = "stranded: not on every host of the pool",
		[CL_MOVE_LEAVES] = "blocked: too many CPUID leaves",
	};

	return texts[answer];
}

static void out_move(struct out *out, const struct cl_vm_answer *answer)
{
	const struct cl_move *move = &answer->move;
	char who[300], text[400];

	if (out->json)
		out_string(out, "answer", cl_move_answer_name(move->answer));
	else if (move->answer != CL_MOVE_YES)
		out_string(out, "answer", answer_text(move->answer));
	if (move->answer != CL_MOVE_YES)
		out_string(out, "because", explain(answer, text));
	if (move->answer == CL_MOVE_STRANDED) {
		out_stranded(out, answer);
	} else if (out->json || move->answer == CL_MOVE_FEATURES) {
		snprintf(who, sizeof(who), "%s lacks it", answer->host.host.name);
		out_missing(out, &move->verdict.missing, who);
	}
	if (out->json)
		out_too_many(out, move);
	if (out->json || !cl_empty(&move->verdict.changes))
		out_features(out, "changes", &move->verdict.changes);
	if (out->json || !cl_empty(&move->uncertain))
		out_features(out, "seen_but_missing", &move->uncertain);
}

/* Read back: what was asked for and what Xen gave are not always one. */
static void out_read_back(struct out *out, const struct cl_vm_answer *answer)
{
	if (out->json || !cl_empty(&answer->beyond))
		out_features(out, "not_asked_for", &answer->beyond);
	if (out->json || !cl_empty(&answer->short_of))
		out_features(out, "not_given", &answer->short_of);
}

void out_vm_answer(struct out *out, const struct cl_vm_request *request,
		   const struct cl_vm_answer *answer)
{
	out_string(out, "vm", answer->after.name);
	if (request->verb == CL_VM_CHECKPOINT)
		out_string(out, "checkpoint", request->other);
	out_answer(out, "allowed", !vm_exit(request, answer));
	out_move(out, answer);
	if (request->verb == CL_VM_ADOPT)
		out_read_back(out, answer);
	if (request->verb != CL_VM_FORGET)
		out_vm(out, &answer->after,
		       strcmp(answer->after.pool, answer->pool.name) ?
		       NULL : &answer->pool);
	if (!out->json && answer->after.flags & CL_VM_REBOOTED)
		out_line(out, "it has kept its features; `cpulevel vm reboot` gives it the level's");
}
