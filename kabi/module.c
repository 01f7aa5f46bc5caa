// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read a kernel module.  Not through libkmod: version 30 asserts on damaged
 * files, and spends half of the time on signatures that nobody asked for here.
 */

#include <stdlib.h>
#include <string.h>

#include "elf.h"
#include "module.h"

/* x86 toolchains leave this reference; neither modpost nor the kernel minds. */
#define IGNORED_SYMBOL	"_GLOBAL_OFFSET_TABLE_"
#define CRC_PREFIX	"__crc_"

#define NO_MEMORY	"out of memory; free some and try again"

struct modversion {		/* the kernel's struct modversion_info */
	uint64_t crc;
	char name[64 - sizeof(uint64_t)];
};

/* The three sections that can hold versions. */
struct versions {
	struct span basic;		/* struct modversion[] */
	struct span crcs, names;	/* since 6.14, for names of any length */
	bool extended;
};

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

static const char *find_versions(const struct elf *elf, struct versions *v)
{
	memset(v, 0, sizeof(*v));
	elf_find(elf, "__versions", &v->basic);
	v->extended = elf_find(elf, "__version_ext_crcs", &v->crcs) &&
		      elf_find(elf, "__version_ext_names", &v->names);
	if (v->basic.size % sizeof(struct modversion))
		return "damaged: its symbol versions are cut short; build or copy it again";
	if (!v->extended)
		return NULL;
	if (v->crcs.size % sizeof(uint32_t) || v->names.at[v->names.size - 1])
		return "damaged: its extended symbol versions are cut short; build or copy it again";
	return NULL;
}

static size_t count_versions(const struct versions *v)
{
	return v->extended ? v->crcs.size / sizeof(uint32_t) :
			     v->basic.size / sizeof(struct modversion);
}

static const char *add_basic(struct module *module, const struct span *versions)
{
	size_t offset;

	for (offset = 0; offset < versions->size; offset += sizeof(struct modversion)) {
		const unsigned char *at = versions->at + offset;
		struct import *import = &module->imports[module->nr_imports++];

		/* no cast to the struct: a damaged file may misalign it */
		import->name = (const char *)at + offsetof(struct modversion, name);
		import->weak = false;
		memcpy(&import->crc, at, sizeof(import->crc));
		if (!memchr(import->name, 0, sizeof(((struct modversion *)at)->name)))
			return "damaged: a symbol version has no end; build or copy it again";
	}
	return NULL;
}

static const char *add_extended(struct module *module, const struct versions *v)
{
	const char *name = (const char *)v->names.at, *end = name + v->names.size;
	size_t offset;

	for (offset = 0; offset < v->crcs.size; offset += sizeof(uint32_t)) {
		struct import *import = &module->imports[module->nr_imports++];

		if (name == end)
			return "damaged: more extended symbol versions than names; build or copy it again";
		import->name = name;
		import->weak = false;
		memcpy(&import->crc, v->crcs.at + offset, sizeof(import->crc));
		name += strlen(name) + 1;
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

static int by_export_name(const void *a, const void *b)
{
	return strcmp(((const struct export *)a)->name,
		      ((const struct export *)b)->name);
}

/* An export's CRC is the symbol's value, or what the symbol points to. */
static void note_crc(const struct elf *elf, struct module *module,
		     const Elf64_Sym *sym, const char *name)
{
	struct export key = { .name = name + strlen(CRC_PREFIX) }, *export;
	struct span span;

	if (strncmp(name, CRC_PREFIX, strlen(CRC_PREFIX)))
		return;
	export = bsearch(&key, module->exports, module->nr_exports, sizeof(key),
			 by_export_name);
	if (!export)
		return;
	if (sym->st_shndx == SHN_ABS)
		export->crc = sym->st_value;
	else if (elf_section(elf, sym->st_shndx, &span) &&
		 span.size >= sizeof(export->crc) &&
		 sym->st_value <= span.size - sizeof(export->crc))
		memcpy(&export->crc, span.at + sym->st_value,
		       sizeof(export->crc));
}

static const char *add_symbols(const struct elf *elf, struct module *module,
			       const struct span *symbols,
			       const struct span *names)
{
	size_t offset, nr_versions = module->nr_imports;
	const char *name;
	Elf64_Sym sym;

	/* the first symbol is always empty */
	for (offset = sizeof(sym); offset < symbols->size; offset += sizeof(sym)) {
		memcpy(&sym, symbols->at + offset, sizeof(sym));
		/* the names of what is defined need not be looked at */
		if (sym.st_shndx != SHN_UNDEF && !module->nr_exports)
			continue;
		if (sym.st_name >= names->size)
			return "damaged: a symbol has no name; build or copy it again";
		name = (const char *)names->at + sym.st_name;
		if (sym.st_shndx == SHN_UNDEF)
			add_undefined(module, nr_versions, name,
				      ELF64_ST_BIND(sym.st_info) == STB_WEAK);
		else
			note_crc(elf, module, &sym, name);
	}
	return NULL;
}

static void drop_duplicates(struct module *module)
{
	size_t i, kept = 0;

	for (i = 0; i < module->nr_exports; i++)
		if (!kept || by_export_name(&module->exports[kept - 1],
					    &module->exports[i]))
			module->exports[kept++] = module->exports[i];
	module->nr_exports = kept;
}

/*
 * Names of exports stand between names of namespaces, which does no harm: no
 * module imports one.
 */
static const char *read_exports(const struct elf *elf, struct module *module)
{
	const char *name, *end;
	struct span strings;
	size_t count = 0;

	if (!elf_find(elf, "__ksymtab_strings", &strings))
		return NULL;
	name = (const char *)strings.at;
	end = name + strings.size;
	if (end[-1])
		return "damaged: its exports are cut short; build or copy it again";
	for (; name < end; name += strlen(name) + 1)
		count += *name != 0;
	module->exports = calloc(count + 1, sizeof(*module->exports));
	if (!module->exports)
		return NO_MEMORY;
	for (name = (const char *)strings.at; name < end; name += strlen(name) + 1)
		if (*name)
			module->exports[module->nr_exports++].name = name;
	qsort(module->exports, module->nr_exports, sizeof(*module->exports),
	      by_export_name);
	drop_duplicates(module);
	return NULL;
}

/* Undefined symbols, and those with a version only: module_layout is one. */
static const char *read_imports(const struct elf *elf, struct module *module)
{
	struct span symbols, names;
	size_t symtab = elf_find(elf, ".symtab", &symbols);
	struct versions versions;
	const char *fault = find_versions(elf, &versions);

	if (fault)
		return fault;
	module->has_crcs = count_versions(&versions);
	if (!symtab || symbols.size % sizeof(Elf64_Sym) ||
	    !elf_linked_strings(elf, symtab, &names))
		return "damaged: no usable symbol table; build or copy it again";

	module->imports = malloc((count_versions(&versions) +
				  symbols.size / sizeof(Elf64_Sym)) *
				 sizeof(*module->imports));
	if (!module->imports)
		return NO_MEMORY;
	/* the kernel looks at the basic ones only where there are no others */
	fault = versions.extended ? add_extended(module, &versions) :
				    add_basic(module, &versions.basic);
	if (fault)
		return fault;
	sort_imports(module);
	fault = add_symbols(elf, module, &symbols, &names);
	sort_imports(module);
	return fault;
}

const char *module_parse(struct module *module, const void *image, size_t size)
{
	struct elf elf;
	const char *fault = elf_open(&elf, image, size);

	if (!fault)
		fault = read_info(&elf, module);
	if (!fault)
		fault = read_exports(&elf, module);
	if (!fault)
		fault = read_imports(&elf, module);
	return fault;
}

void module_free(struct module *module)
{
	free(module->imports);
	free(module->exports);
	memset(module, 0, sizeof(*module));
}
