// SPDX-License-Identifier: GPL-2.0-only
/* Read every file of /sys/class/misc/cpulevel/ again and again: always the same, and what the ioctls say. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abuse.h"

/* The first six in the order of CPULEVEL_SET_*. */
static const char *const files[] = {
	"featuresets/raw", "featuresets/host", "featuresets/pv_default", "featuresets/hvm_default",
	"featuresets/pv_max", "featuresets/hvm_max", "abi", "backend", "generation", "xen/sysctl_version",
	"cpu/vendor", "cpu/signature", "cpu/microcode", "cpu/uniform", "levelling/caps", "levelling/method",
	"levelling/source",
};
#define NR_FILES	(sizeof(files) / sizeof(files[0]))
_Static_assert(NR_FILES <= MAX_FILES, "board.files is too small");

/* The text, or "" for a file that is not there; NULL if the module has just gone. */
static const char *read_file(struct worker *w, const char *name, char *text)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), SYSFS "%s", name);
	if (roll(w, 16) == 0 && (open(path, O_WRONLY) >= 0 || (errno != EACCES && errno != ENOENT && errno != ENODEV)))
		violation(w, "%s: opening it for writing: %s", name, strerror(errno));
	fd = open(path, O_RDONLY);
	if (fd < 0 && errno != ENOENT && !(w->board->reopen && errno == ENODEV))
		violation(w, "%s: open: %s", name, strerror(errno));
	if (fd < 0)
		return w->board->reopen ? NULL : "";
	n = pread(fd, text, MAX_TEXT - 1, 0);
	if (n < 0 && !(w->board->reopen && errno == ENODEV))
		violation(w, "%s: read: %s", name, strerror(errno));
	close(fd);
	if (n < 0)
		return NULL;
	text[n] = 0;
	if (!n || strchr(text, '\n') != text + n - 1)
		violation(w, "%s: '%s' is not one line", name, text);
	__atomic_add_fetch(&w->board->reads, 1, __ATOMIC_RELAXED);
	return text;
}

/* The ioctl's answer as the file has it. */
static void print_words(const struct cpulevel_featureset *fs, char *text)
{
	uint32_t i;

	for (i = 0; i < fs->nr_words && i < CPULEVEL_MAX_WORDS; i++)
		text += sprintf(text, "%08x%c", fs->words[i], i + 1 < fs->nr_words ? '-' : '\n');
}

static void check_file(struct worker *w, unsigned int nr, const char *text)
{
	struct first *words = &w->board->featuresets[nr];
	char want[MAX_TEXT] = "";

	if (!strcmp(files[nr], "generation")) {
		uint64_t generation = strtoull(text, NULL, 10);

		if (!generation || (!w->board->reopen && generation < w->generation))
			violation(w, "generation: '%s' after %llu", text, (unsigned long long)w->generation);
		w->generation = generation;
		return;
	}
	if (!same_as_first(&w->board->files[nr], text, strlen(text)))
		violation(w, "%s: '%s' is not what it said before: '%.100s'", files[nr], text,
			  w->board->files[nr].data);
	if (nr >= CPULEVEL_NR_SETS || __atomic_load_n(&words->state, __ATOMIC_ACQUIRE) != 2)
		return;
	print_words((const void *)words->data, want);
	if (strcmp(text, want))
		violation(w, "%s: '%s' is not what the ioctl says: '%s'", files[nr], text, want);
}

void *sysfs_reader(void *worker)
{
	struct worker *w = worker;
	char buffer[MAX_TEXT];
	const char *text;

	while (!__atomic_load_n(&w->board->stop, __ATOMIC_ACQUIRE)) {
		unsigned int nr = roll(w, NR_FILES);

		w->call++;
		text = read_file(w, files[nr], buffer);
		if (text)
			check_file(w, nr, text);
		else
			usleep(roll(w, 20000));	/* leave the processor to who loads it */
	}
	return NULL;
}
