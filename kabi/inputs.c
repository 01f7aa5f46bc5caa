// SPDX-License-Identifier: GPL-2.0-only
/* Open what the command line names, and see what kind of file it is. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "inputs.h"
#include "unpack.h"

#define ISO_MAGIC	"CD001"
#define ISO_MAGIC_AT	(16 * 2048 + 1)
#define RPM_MAGIC	"\xed\xab\xee\xdb"

/* Names come from files that may be hostile, and go to terminals. */
static char *printable(const char *path)
{
	char *copy = strdup(path), *p;

	for (p = copy; p && *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return copy;
}

static struct input *append(struct inputs *inputs, const char *path)
{
	struct input *more = array_grow(inputs->at, inputs->nr, &inputs->room, sizeof(*more));

	if (!more)
		return NULL;
	inputs->at = more;
	more = &inputs->at[inputs->nr];
	memset(more, 0, sizeof(*more));
	more->path = printable(path);
	if (!more->path)
		return NULL;
	inputs->nr++;
	return more;
}

static void parse(struct input *input)
{
	input->fault = module_parse(&input->module, input->image, input->size);
	if (input->fault)
		module_free(&input->module);
}

int inputs_add_member(struct inputs *inputs, const char *path, void *image,
		      size_t size, const char *fault)
{
	struct input *input = append(inputs, path);

	if (!input) {
		free(image);
		return -ENOMEM;
	}
	input->image = image;
	input->size = size;
	input->fault = fault;
	if (!fault)
		parse(input);
	return 0;
}

static bool begins(const unsigned char *image, size_t size, size_t at,
		   const char *magic)
{
	size_t n = strlen(magic);

	return size >= at && size - at >= n && !memcmp(image + at, magic, n);
}

int inputs_add_image(struct inputs *inputs, const char *path, const void *image,
		     size_t size)
{
	struct input *input;

	if (begins(image, size, ISO_MAGIC_AT, ISO_MAGIC))
		return unpack_iso(inputs, path, image, size);
	if (begins(image, size, 0, RPM_MAGIC))
		return unpack_rpm(inputs, path, image, size);
	if (is_compressed(image, size))
		return unpack_single(inputs, path, image, size);

	input = append(inputs, path);
	if (!input)
		return -ENOMEM;
	input->image = (void *)image;
	input->size = size;
	input->mapped = true;	/* not ours to free */
	parse(input);
	input->image = NULL;
	return 0;
}

/* Returns NULL, or what is wrong. */
static const char *map_file(int fd, void **image, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st))
		return "cannot read it; check its file system";
	if (!S_ISREG(st.st_mode))
		return "not a regular file; give a .ko, an RPM or an ISO";
	if (!st.st_size)
		return "damaged: empty; build or copy it again";
	*size = st.st_size;
	*image = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (*image == MAP_FAILED)
		return "cannot map it; free some memory and try again";
	return NULL;
}

static const char *open_failed(int err)
{
	if (err == ENOENT)
		return "No such file or directory; give a .ko, an RPM or an ISO";
	if (err == EACCES)
		return "Permission denied; give a .ko, an RPM or an ISO that you can read";
	return "cannot be opened; give a .ko, an RPM or an ISO";
}

int inputs_add(struct inputs *inputs, const char *path)
{
	/* O_NONBLOCK: a FIFO would wait for a writer */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), ret;
	size_t size, first = inputs->nr;
	const char *fault;
	void *image;

	if (fd < 0)
		return inputs_add_member(inputs, path, NULL, 0, open_failed(errno));
	fault = map_file(fd, &image, &size);
	close(fd);
	if (fault)
		return inputs_add_member(inputs, path, NULL, 0, fault);
	ret = inputs_add_image(inputs, path, image, size);
	/* what came out of a package, or did not parse, needs the file no more */
	if (inputs->nr == first + 1 && inputs->at[first].mapped) {
		inputs->at[first].image = image;
		return ret;
	}
	munmap(image, size);
	return ret;
}

static void input_free(struct input *input)
{
	module_free(&input->module);
	if (input->mapped && input->image)
		munmap(input->image, input->size);
	else
		free(input->image);
	free(input->path);
}

void inputs_free(struct inputs *inputs)
{
	size_t i;

	for (i = 0; i < inputs->nr; i++)
		input_free(&inputs->at[i]);
	free(inputs->at);
	memset(inputs, 0, sizeof(*inputs));
}
