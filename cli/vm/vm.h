/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs of `cpulevel vm` share. */
#ifndef CPULEVEL_CLI_VM_H
#define CPULEVEL_CLI_VM_H

#include "../input/input.h"
#include "../local/local.h"
#include "../output/out.h"

int verb_vm_start(const struct arguments *args);
int verb_vm_stop(const struct arguments *args);
int verb_vm_reboot(const struct arguments *args);
int verb_vm_adopt(const struct arguments *args);
int verb_vm_migrate(const struct arguments *args);
int verb_vm_show(const struct arguments *args);
int verb_vm_list(const struct arguments *args);

/* A request of the verb that is run, as the arguments make it. */
struct cl_vm_request request_of(const struct arguments *args);
/* That, and what came of it. */
int ask_vm(const struct arguments *args, struct cl_vm_request *request,
	   struct cl_vm_answer *answer);
/* That, printed; returns the exit code. */
int do_vm(const struct arguments *args, struct cl_vm_request *request);
/* The same without a message: 0 or an errno. */
int try_vm(const struct arguments *args, const struct cl_vm_request *request,
	   struct cl_vm_answer *answer, struct cl_error *error);
/* Begin what the verb prints: cpulevel/vm-VERB/2. */
void begin_vm(struct out *out, const struct arguments *args);
void out_vm(struct out *out, const struct cl_vm *vm, const struct cl_pool *pool);
void out_vm_answer(struct out *out, const struct cl_vm_request *request,
		   const struct cl_vm_answer *answer);
/* Print the answer; returns the exit code. */
int print_vm_answer(const struct arguments *args,
		    const struct cl_vm_request *request,
		    const struct cl_vm_answer *answer);
int vm_exit(const struct cl_vm_request *request,
	    const struct cl_vm_answer *answer);

/* The VM's configuration for xl: the file of --xl. */
struct xl_file {
	const char *path;	/* NULL: not given */
	char *before;		/* what was in it; NULL: it was not read */
	bool written;
	struct cl_featureset left_out;	/* of the mask: xl cannot be told */
};

/* Put the VM's mask into it; @any: all that hosts give by default. */
int write_xl(struct xl_file *xl, const struct cl_vm *vm,
	     const struct cl_featureset *any);
/* The same for a request's prepare(). */
int prepare_xl(void *xl, const struct cl_vm *vm,
	       const struct cl_pool_counts *counts);
/* As it was, if it was written. */
void restore_xl(const struct xl_file *xl);
/* Say so, if --xl is given. */
void out_xl(struct out *out, const struct xl_file *xl);
/* A string as xl's parser reads it, with its quotes. */
void put_xl_string(FILE *to, const char *text);

/* The command that moves the VM, "" if there is none. */
#define COMMAND_SIZE	512
char *move_command(char text[COMMAND_SIZE], enum tool tool,
		   const struct cl_vm_answer *answer);
/*
 * Run a program; EXIT_ERROR after a message that ends with @fallback.  What it
 * prints goes to @output, which the caller releases, or to stderr if that is NULL.
 */
int run_program(const char *const words[], char **output, const char *fallback);
/* All text of @fd, at most 1 MiB, to be released; @fd is closed.  NULL with errno. */
char *read_all(int fd);
/* Run it; EXIT_ERROR after a message. */
int run_move(enum tool tool, const struct cl_vm_answer *answer);

/* xl creates the domain; and what Xen's policy of it is then. */
int create_domain(const char *path, const char *name);
int read_given(const char *name, struct cl_given *given);

/* Start it without the store, which is not there for that reason. */
int start_alone(const struct arguments *args,
		const struct cl_vm_request *request,
		struct xl_file *xl, const struct cl_error *why);
/*
 * It ends, if it started so, and is forgotten.  @answer is for a store that
 * knows nothing of it, or is not there; else NULL.
 */
bool stop_alone(const struct arguments *args, const char *name,
		struct cl_vm_answer *answer);

/* Record what started alone on that host; EXIT_ERROR after a message. */
int record_noted(const struct arguments *args, struct out *out,
		 const char *host);

/* What of the pool any host gives such guests by default. */
void any_default(struct cl_featureset *any, const struct cl_counts *counts);

#endif /* CPULEVEL_CLI_VM_H */
