/* SPDX-License-Identifier: GPL-2.0-only */
/* Find the modules in RPMs, ISOs and compressed files; nothing is written. */
#ifndef UNPACK_H
#define UNPACK_H

#include "inputs.h"

/*
 * Each adds to INPUTS the modules found in SIZE bytes at IMAGE, the file PATH;
 * damage becomes an input.  All return 0, or -ENOMEM.
 */
int unpack_iso(struct inputs *inputs, const char *path, const void *image,
		size_t size);
int unpack_rpm(struct inputs *inputs, const char *path, const void *image,
		size_t size);
/* One module under xz, gzip or zstd. */
int unpack_single(struct inputs *inputs, const char *path, const void *image,
		   size_t size);
bool is_compressed(const void *image, size_t size);

#endif
