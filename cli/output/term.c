// SPDX-License-Identifier: GPL-2.0-only
/* What stdout is: a terminal has a width and maybe colours, all else neither. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../cli.h"

#define WIDTH_UNKNOWN	80

/* See https://no-color.org: set to anything but nothing. */
static bool color_wanted(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (!no || !*no) && term && *term && strcmp(term, "dumb");
}

void term_of_stdout(struct term *term)
{
	struct winsize size;

	term->width = 0;
	term->color = false;
	if (!isatty(STDOUT_FILENO))
		return;
	term->color = color_wanted();
	term->width = WIDTH_UNKNOWN;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		term->width = size.ws_col;
}
