/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libarchive, loaded when a package is met: it and the libraries that it needs
 * would cost each run two of the ten milliseconds that a hundred modules take.
 */
#ifndef LIBARCHIVE_H
#define LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#define LIBARCHIVE_FUNCTIONS(F) \
	F(archive_read_new) F(archive_read_free) F(archive_set_error) \
	F(archive_read_support_filter_gzip) F(archive_read_support_filter_xz) \
	F(archive_read_support_filter_zstd) F(archive_read_support_filter_rpm) \
	F(archive_read_support_filter_bzip2) F(archive_read_support_filter_lzma) \
	F(archive_read_support_format_raw) F(archive_read_support_format_cpio) \
	F(archive_read_support_format_iso9660) \
	F(archive_read_open) F(archive_read_open_memory) \
	F(archive_read_next_header) F(archive_read_data) \
	F(archive_entry_pathname) F(archive_entry_size) F(archive_entry_filetype)

#define LIBARCHIVE_POINTER(name) __typeof__(&name) name;

struct libarchive {
	LIBARCHIVE_FUNCTIONS(LIBARCHIVE_POINTER)
};

/* NULL: it is not installed. */
const struct libarchive *libarchive_load(void);

#endif
