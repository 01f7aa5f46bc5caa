/* SPDX-License-Identifier: GPL-2.0-only */
/* The modules that the command line names, alone or inside of packages. */
#ifndef INPUTS_H
#define INPUTS_H

#include "module.h"

/* One module, or what is wrong with a file. */
struct input {
	char *path;		/* inside of a package: "FILE:MEMBER", printable */
	const char *fault;	/* NULL: it was read */
	struct module module;
	void *image;
	size_t size;
	bool mapped;		/* the image is a file's, else memory */
};

struct inputs {
	struct input *at;
	size_t nr, room;
};

/*
 * Add the module in the file PATH, or those in it if it is an RPM or an ISO.
 * Whatever is wrong with it becomes an input too.  Returns 0, or -ENOMEM.
 */
int inputs_add(struct inputs *inputs, const char *path);
/* The same for the SIZE bytes of a file at IMAGE, which must outlive INPUTS. */
int inputs_add_image(struct inputs *inputs, const char *path, const void *image,
		     size_t size);
void inputs_free(struct inputs *inputs);

/* For unpack.c: takes IMAGE, from malloc(); FAULT instead of one is no image. */
int inputs_add_member(struct inputs *inputs, const char *path, void *image,
		      size_t size, const char *fault);

#endif
