// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read a kernel module file.  Not through libkmod: version 30 asserts on damaged
 * files, and spends half of the time on signatures that nobody asked for here.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf.h"
#include "module.h"

/* x86 toolchains leave this reference; neither modpost nor the kernel minds. */
#define IGNORED_SYMBOL	"_GLOBAL_OFFSET_TABLE_"

#define NO_MEMORY	"out of memory; free some and try again"

struct modversion {		/* the kernel's struct modversion_info */
	uint64_t crc;
	char name[64 - sizeof(uint64_t)];
};

static const char *compression(const unsigned char *at, size_t size)
{
	static const struct {
		const char *magic, *fault;
	} formats[] = {
		{ "\xfd" "7zXZ", "compressed; unpack it first with xz -dk" },
		{ "\x1f\x8b", "compressed; unpack it first with gzip -dk" },
		{ "\x28\xb5\x2f\xfd", "compressed; unpack it first with zstd -d" },
	};
	size_t i, n;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		n = strlen(formats[i].magic);
		if (size >= n && !memcmp(at, formats[i].magic, n))
			return formats[i].fault;
	}
	return NULL;
}

/* Keep the first value of a key, as the kernel does. */
static void note_info(struct module *module, const char *line)
{
	const struct {
		const char *key;
		const char **slot;
	} wanted[] = {
		{ "name=", &module->name },
		{ "version=", &module->version },
		{ "vermagic=", &module->vermagic },
	};
	size_t i, n;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		n = strlen(wanted[i].key);
		if (!*wanted[i].slot && !strncmp(line, wanted[i].key, n))
			*wanted[i].slot = line + n;
	}
}

static const char *read_info(const struct elf *elf, struct module *module)
{
	const char *line, *end;
	struct span info;

	if (!elf_find(elf, ".modinfo", &info))
		return "damaged: no module information; build it again";
	if (info.at[info.size - 1])
		return "damaged: its module information is cut short; build or copy it again";
	line = (const char *)info.at;
	for (end = line + info.size; line < end; line += strlen(line) + 1)
		note_info(module, line);
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct import *)a)->name,
		      ((const struct import *)b)->name);
}

static void sort_imports(struct module *module)
{
	qsort(module->imports, module->nr_imports, sizeof(*module->imports),
	      by_name);
}

static const char *add_versions(struct module *module, const struct span *versions)
{
	size_t offset;

	for (offset = 0; offset < versions->size; offset += sizeof(struct modversion)) {
		const unsigned char *at = versions->at + offset;
		struct import *import = &module->imports[module->nr_imports++];

		/* no cast to the struct: a damaged file may misalign it */
		import->name = (const char *)at + offsetof(struct modversion, name);
		memcpy(&import->crc, at, sizeof(import->crc));
		if (!memchr(import->name, 0, sizeof(((struct modversion *)at)->name)))
			return "damaged: a symbol version has no end; build or copy it again";
	}
	return NULL;
}

static void add_undefined(struct module *module, size_t nr_versions,
			  const char *name, bool weak)
{
	struct import key = { .name = name, .weak = weak }, *known;

	known = bsearch(&key, module->imports, nr_versions, sizeof(key), by_name);
	if (known)
		known->weak = weak;
	else if (strcmp(name, IGNORED_SYMBOL))
		module->imports[module->nr_imports++] = key;
}

static const char *add_symbols(struct module *module, const struct span *symbols,
			       const struct span *names)
{
	size_t offset, nr_versions = module->nr_imports;
	Elf64_Sym sym;

	/* the first symbol is always empty */
	for (offset = sizeof(sym); offset < symbols->size; offset += sizeof(sym)) {
		memcpy(&sym, symbols->at + offset, sizeof(sym));
		if (sym.st_shndx != SHN_UNDEF)
			continue;
		if (sym.st_name >= names->size)
			return "damaged: a symbol has no name; build or copy it again";
		add_undefined(module, nr_versions,
			      (const char *)names->at + sym.st_name,
			      ELF64_ST_BIND(sym.st_info) == STB_WEAK);
	}
	return NULL;
}

/* Undefined symbols, and those with a version only: module_layout is one. */
static const char *read_imports(const struct elf *elf, struct module *module)
{
	struct span versions = { NULL, 0 }, symbols, names;
	size_t symtab = elf_find(elf, ".symtab", &symbols);
	const char *fault;

	module->has_crcs = elf_find(elf, "__versions", &versions);
	if (versions.size % sizeof(struct modversion))
		return "damaged: its symbol versions are cut short; build or copy it again";
	if (!symtab || symbols.size % sizeof(Elf64_Sym) ||
	    !elf_linked_strings(elf, symtab, &names))
		return "damaged: no usable symbol table; build or copy it again";

	module->imports = malloc((versions.size / sizeof(struct modversion) +
				  symbols.size / sizeof(Elf64_Sym)) *
				 sizeof(*module->imports));
	if (!module->imports)
		return NO_MEMORY;
	fault = add_versions(module, &versions);
	if (fault)
		return fault;
	sort_imports(module);
	fault = add_symbols(module, &symbols, &names);
	sort_imports(module);
	return fault;
}

const char *module_parse(struct module *module, const void *image, size_t size)
{
	const char *fault = compression(image, size);
	struct elf elf;

	if (!fault)
		fault = elf_open(&elf, image, size);
	if (!fault)
		fault = read_info(&elf, module);
	if (!fault)
		fault = read_imports(&elf, module);
	return fault;
}

/* Returns NULL, or what is wrong. */
static const char *map_file(int fd, struct module *module)
{
	struct stat st;
	void *image;

	if (fstat(fd, &st))
		return "cannot read it; check its file system";
	if (!S_ISREG(st.st_mode))
		return "not a regular file; give a .ko";
	if (!st.st_size)
		return "damaged: empty; build or copy it again";
	image = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		return "cannot map it; free some memory and try again";
	module->image = image;
	module->image_size = st.st_size;
	return NULL;
}

int module_read(struct module *module, const char *path, char *why, size_t len)
{
	const char *fault;
	int fd;

	memset(module, 0, sizeof(*module));
	/* O_NONBLOCK: a FIFO would wait for a writer */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		snprintf(why, len, "%s; give a .ko", strerror(errno));
		return -1;
	}
	fault = map_file(fd, module);
	close(fd);
	if (!fault)
		fault = module_parse(module, module->image, module->image_size);
	if (!fault)
		return 0;
	snprintf(why, len, "%s", fault);
	module_free(module);
	return -1;
}

void module_free(struct module *module)
{
	free(module->imports);
	if (module->image)
		munmap(module->image, module->image_size);
	memset(module, 0, sizeof(*module));
}
