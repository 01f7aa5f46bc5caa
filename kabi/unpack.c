// SPDX-License-Identifier: GPL-2.0-only
/*
 * Find the modules in RPMs, ISOs and compressed files by libarchive.  These come
 * from strangers: what they may unpack to is bounded, and only formats that
 * libarchive decodes itself are enabled, for others it would start programs.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libarchive.h"
#include "unpack.h"

#define MODULE_MAX	((size_t)256 << 20)
#define TOTAL_MAX	((uint64_t)2 << 30)	/* of all members, kept or not */
#define MEMBER_COST	512	/* what a member counts even if it is empty */
#define CHUNK		((size_t)256 << 10)

static const struct libarchive *la;

#define NO_LIBARCHIVE	"needs libarchive 3 to be unpacked; install libarchive13 or unpack it"

/* A walk through one file and the packages in it. */
struct walk {
	struct inputs *inputs;
	uint64_t total;		/* bytes unpacked so far, also of members that failed */
	size_t found;		/* inputs added */
	const char *fault;	/* of the package that is being read */
	int ret;		/* -ENOMEM */
};

bool is_compressed(const void *image, size_t size)
{
	static const char *const magics[] = {
		("\xfd" "7zXZ"), "\x1f\x8b", "\x28\xb5\x2f\xfd",
	};
	size_t i, n;

	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		n = strlen(magics[i]);
		if (size >= n && !memcmp(image, magics[i], n))
			return true;
	}
	return false;
}

static struct archive *new_reader(void)
{
	struct archive *a = la->archive_read_new();

	if (!a)
		return NULL;
	la->archive_read_support_filter_gzip(a);
	la->archive_read_support_filter_xz(a);
	la->archive_read_support_filter_zstd(a);
	return a;
}

/*
 * All that A's current member holds, at most MODULE_MAX; NULL with FAULT.  Every
 * byte unpacked is added to TOTAL, also those of a member that fails.
 */
static void *read_member(struct archive *a, size_t *size, uint64_t *total, const char **fault)
{
	size_t room = CHUNK, used = 0, want;
	char *image = malloc(room), *more;
	la_ssize_t got;

	*fault = "out of memory; free some and try again";
	while (image) {
		want = room - used < CHUNK ? room - used : CHUNK;
		got = la->archive_read_data(a, image + used, want);
		/* a call that fails does not tell what it had unpacked before */
		*total += got < 0 ? (la_ssize_t)want : got;
		if (got == 0)
			break;
		if (got < 0) {
			*fault = "damaged: cannot be unpacked; build or copy it again";
			goto fail;
		}
		used += got;
		if (used < room)
			continue;
		if (room >= MODULE_MAX) {
			*fault = "unpacks to more than 256 MB; give a kernel module";
			goto fail;
		}
		more = realloc(image, room *= 2);
		if (!more)
			goto fail;
		image = more;
	}
	*size = used;
	if (image)
		*fault = NULL;
	return image;
fail:
	free(image);
	return NULL;
}

static void *decompress(const void *packed, size_t packed_size, size_t *size,
			uint64_t *total, const char **fault)
{
	struct archive *a;
	struct archive_entry *entry;
	void *image = NULL;

	*fault = NO_LIBARCHIVE;
	la = libarchive_load();
	a = la ? new_reader() : NULL;
	if (!a)
		return NULL;
	*fault = "damaged: cannot be unpacked; build or copy it again";
	la->archive_read_support_format_raw(a);
	if (la->archive_read_open_memory(a, packed, packed_size) == ARCHIVE_OK &&
	    la->archive_read_next_header(a, &entry) == ARCHIVE_OK)
		image = read_member(a, size, total, fault);
	la->archive_read_free(a);
	return image;
}

static int add_compressed(struct inputs *inputs, const char *path, const void *packed,
			  size_t packed_size, uint64_t *total)
{
	const char *fault;
	size_t size = 0;
	void *image = decompress(packed, packed_size, &size, total, &fault);

	return inputs_add_member(inputs, path, image, size, fault);
}

int unpack_single(struct inputs *inputs, const char *path, const void *packed,
		  size_t packed_size)
{
	uint64_t total = 0;	/* one module has a limit of its own */

	return add_compressed(inputs, path, packed, packed_size, &total);
}

static bool ends(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && !strcmp(name + n - m, end);
}

static bool is_module(const char *name)
{
	return ends(name, ".ko") || ends(name, ".ko.xz") ||
	       ends(name, ".ko.gz") || ends(name, ".ko.zst");
}

static bool is_package(const char *name)
{
	return ends(name, ".rpm") && !ends(name, ".src.rpm");
}

static char *member_path(const char *outer, const char *name)
{
	char *path;

	while (!strncmp(name, "./", 2) || *name == '/')
		name += *name == '/' ? 1 : 2;
	return asprintf(&path, "%s:%s", outer, name) < 0 ? NULL : path;
}

/* Memory ran out, or the total did: nothing more is read. */
static bool over(const struct walk *walk)
{
	return walk->ret || walk->fault;
}

static void add_module(struct walk *walk, struct archive *a, const char *path)
{
	const char *fault;
	size_t size = 0;
	void *image = read_member(a, &size, &walk->total, &fault);

	if (image && is_compressed(image, size)) {
		walk->ret = add_compressed(walk->inputs, path, image, size, &walk->total);
		free(image);
	} else {
		walk->ret = inputs_add_member(walk->inputs, path, image, size, fault);
	}
	walk->found++;
}

static void add_package(struct walk *walk, struct archive *outer, const char *path);

/* A member's own size is what it costs to pass over it; what is read is counted as it is read. */
static void count_entry(struct walk *walk, struct archive_entry *entry, bool read)
{
	walk->total += MEMBER_COST;
	if (!read && la->archive_entry_size(entry) > 0)
		walk->total += la->archive_entry_size(entry);
	if (walk->total > TOTAL_MAX)
		walk->fault = "unpacks to more than 2 GB; give a driver's package";
}

static void add_entry(struct walk *walk, struct archive *a,
		      struct archive_entry *entry, const char *outer, bool nested)
{
	const char *name = la->archive_entry_pathname(entry);
	bool wanted = name && la->archive_entry_filetype(entry) == AE_IFREG &&
		      (is_module(name) || (!nested && is_package(name)));
	char *path;

	count_entry(walk, entry, wanted);
	if (!wanted || walk->fault)
		return;
	path = member_path(outer, name);
	if (!path)
		walk->ret = -ENOMEM;
	else if (is_module(name))
		add_module(walk, a, path);
	else
		add_package(walk, a, path);
	free(path);
}

/* NESTED: packages in it are not opened. */
static void add_entries(struct walk *walk, struct archive *a, const char *path,
			bool nested)
{
	struct archive_entry *entry;
	int ret = ARCHIVE_OK;

	while (!over(walk)) {
		ret = la->archive_read_next_header(a, &entry);
		if (ret != ARCHIVE_OK && ret != ARCHIVE_WARN)
			break;
		add_entry(walk, a, entry, path, nested);
	}
	if (!over(walk) && ret != ARCHIVE_EOF)
		walk->fault = "damaged: cannot be unpacked; copy it again";
}

/* Damage goes where it was found: to the package, not to the ISO around it. */
static void tell_fault(struct walk *walk, const char *path)
{
	const char *fault = walk->fault;

	walk->fault = NULL;
	if (!fault || walk->ret)
		return;
	walk->ret = inputs_add_member(walk->inputs, path, NULL, 0, fault);
	walk->found++;
}

struct stream {
	struct archive *outer;
	uint64_t *total;
	char bytes[CHUNK];
};

static la_ssize_t read_stream(struct archive *inner, void *opaque,
			      const void **bytes)
{
	struct stream *stream = opaque;
	la_ssize_t got = la->archive_read_data(stream->outer, stream->bytes,
					   sizeof(stream->bytes));

	*bytes = stream->bytes;
	*stream->total += got < 0 ? CHUNK : (size_t)got;
	if (got < 0)
		la->archive_set_error(inner, EIO, "the file around it is damaged");
	return got < 0 ? -1 : got;
}

static struct archive *new_rpm_reader(void)
{
	struct archive *a = new_reader();

	if (!a)
		return NULL;
	la->archive_read_support_filter_rpm(a);
	la->archive_read_support_filter_bzip2(a);
	la->archive_read_support_filter_lzma(a);
	la->archive_read_support_format_cpio(a);
	return a;
}

static void add_package(struct walk *walk, struct archive *outer, const char *path)
{
	struct stream *stream = malloc(sizeof(*stream));
	struct archive *a = new_rpm_reader();

	if (!stream || !a) {
		walk->ret = -ENOMEM;
	} else {
		stream->outer = outer;
		stream->total = &walk->total;
		if (la->archive_read_open(a, stream, NULL, read_stream, NULL) == ARCHIVE_OK)
			add_entries(walk, a, path, true);
		else
			walk->fault = "damaged: not an RPM; copy it again";
	}
	tell_fault(walk, path);
	la->archive_read_free(a);
	free(stream);
}

static int add_file(struct inputs *inputs, struct archive *a, const char *path,
		    const void *image, size_t size, bool nested)
{
	struct walk walk = { .inputs = inputs };

	if (!a)
		return inputs_add_member(inputs, path, NULL, 0, NO_LIBARCHIVE);
	if (la->archive_read_open_memory(a, image, size) == ARCHIVE_OK)
		add_entries(&walk, a, path, nested);
	else
		walk.fault = "damaged: cannot be unpacked; copy it again";
	if (!walk.fault && !walk.found)
		walk.fault = "holds no kernel module; give a driver's package";
	tell_fault(&walk, path);
	la->archive_read_free(a);
	return walk.ret;
}

int unpack_rpm(struct inputs *inputs, const char *path, const void *image,
	       size_t size)
{
	la = libarchive_load();
	return add_file(inputs, la ? new_rpm_reader() : NULL, path, image, size,
			true);
}

int unpack_iso(struct inputs *inputs, const char *path, const void *image,
	       size_t size)
{
	struct archive *a;

	la = libarchive_load();
	a = la ? la->archive_read_new() : NULL;
	if (a)
		la->archive_read_support_format_iso9660(a);
	return add_file(inputs, a, path, image, size, false);
}
