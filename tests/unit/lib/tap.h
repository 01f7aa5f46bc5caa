/* SPDX-License-Identifier: GPL-2.0-only */
/* The Test Anything Protocol for one C program. */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_run, tap_failed;

/* One result; a failure does not end the program. */
__attribute__((format(printf, 2, 3), unused))
static bool ok(bool good, const char *format, ...)
{
	va_list args;

	printf("%sok %d - ", good ? "" : "not ", ++tap_run);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	tap_failed += !good;
	return good;
}

/* Where a table is checked row by row: say which row, fail once. */
#define CHECK(good, condition, ...) do {		\
	if (!(condition)) {				\
		printf("# ");				\
		printf(__VA_ARGS__);			\
		putchar('\n');				\
		*(good) = false;			\
	}						\
} while (0)

/* The rows of a table of test data, split at tabs; false after the last. */
__attribute__((unused))
static bool next_row(FILE *table, char *line, size_t size, char **fields,
		     int nr)
{
	int i;

	do {
		if (!fgets(line, size, table))
			return false;
		line[strcspn(line, "\n")] = '\0';
	} while (*line == '#');
	for (i = 0; i < nr; i++) {
		fields[i] = line ? strsep(&line, "\t") : NULL;
		if (!fields[i])
			fields[i] = "";
	}
	return true;
}

/* Test data by name; TEST_DATA is the directory. */
__attribute__((unused))
static FILE *open_table(const char *name)
{
	char path[4096];
	FILE *table;

	snprintf(path, sizeof(path), "%s/%s", TEST_DATA, name);
	table = fopen(path, "r");
	if (!table) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	return table;
}

static int done(void)
{
	printf("1..%d\n", tap_run);
	return !!tap_failed;
}

#endif /* TAP_H */
