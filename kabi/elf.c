// SPDX-License-Identifier: GPL-2.0-only
/* Find the sections of an ELF object that may be damaged or hostile. */

#include <stdint.h>
#include <string.h>

#include "elf.h"

/* Headers may be misaligned in a damaged file, so copy. */
static Elf64_Shdr section(const struct elf *elf, size_t index)
{
	Elf64_Shdr shdr;

	memcpy(&shdr, elf->bytes + elf->header.e_shoff + index * sizeof(shdr),
	       sizeof(shdr));
	return shdr;
}

static bool fits(const struct elf *elf, uint64_t offset, uint64_t size)
{
	return offset <= elf->size && size <= elf->size - offset;
}

static const char *check_header(struct elf *elf)
{
	Elf64_Ehdr *h = &elf->header;

	if (elf->size < sizeof(*h) || memcmp(elf->bytes, ELFMAG, SELFMAG))
		return "damaged: not an ELF file; build or copy it again";
	memcpy(h, elf->bytes, sizeof(*h));
	if (h->e_ident[EI_CLASS] != ELFCLASS64 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB || h->e_machine != EM_X86_64)
		return "not an x86_64 ELF file; give a .ko for this architecture";
	if (h->e_type != ET_REL)
		return "an ELF file, but not a kernel module; give a .ko";
	if (h->e_shentsize != sizeof(Elf64_Shdr) || !h->e_shnum ||
	    !fits(elf, h->e_shoff, h->e_shnum * sizeof(Elf64_Shdr)))
		return "truncated: its section table is beyond its end; copy it again";
	return NULL;
}

static const char *check_sections(const struct elf *elf)
{
	Elf64_Shdr shdr;
	size_t i;

	for (i = 1; i < elf->header.e_shnum; i++) {
		shdr = section(elf, i);
		if (shdr.sh_type != SHT_NOBITS &&
		    !fits(elf, shdr.sh_offset, shdr.sh_size))
			return "truncated: a section is beyond its end; copy it again";
	}
	return NULL;
}

/* A string table is one that ends with a terminator. */
static bool strings(const struct elf *elf, size_t index, struct span *span)
{
	Elf64_Shdr shdr;

	if (index == SHN_UNDEF || index >= elf->header.e_shnum)
		return false;
	shdr = section(elf, index);
	if (shdr.sh_type != SHT_STRTAB || !shdr.sh_size)
		return false;
	span->at = elf->bytes + shdr.sh_offset;
	span->size = shdr.sh_size;
	return !span->at[span->size - 1];
}

const char *elf_open(struct elf *elf, const unsigned char *bytes, size_t size)
{
	struct span names;
	const char *fault;

	memset(elf, 0, sizeof(*elf));
	elf->bytes = bytes;
	elf->size = size;
	fault = check_header(elf);
	if (!fault)
		fault = check_sections(elf);
	if (fault)
		return fault;
	if (!strings(elf, elf->header.e_shstrndx, &names))
		return "damaged: no usable section names; build or copy it again";
	elf->names = (const char *)names.at;
	elf->names_size = names.size;
	return NULL;
}

size_t elf_find(const struct elf *elf, const char *name, struct span *span)
{
	Elf64_Shdr shdr;
	size_t i;

	for (i = 1; i < elf->header.e_shnum; i++) {
		shdr = section(elf, i);
		if (shdr.sh_type == SHT_NOBITS || !shdr.sh_size ||
		    shdr.sh_name >= elf->names_size ||
		    strcmp(elf->names + shdr.sh_name, name))
			continue;
		span->at = elf->bytes + shdr.sh_offset;
		span->size = shdr.sh_size;
		return i;
	}
	return 0;
}

bool elf_linked_strings(const struct elf *elf, size_t index, struct span *span)
{
	return strings(elf, section(elf, index).sh_link, span);
}

bool elf_section(const struct elf *elf, size_t index, struct span *span)
{
	Elf64_Shdr shdr;

	if (index == SHN_UNDEF || index >= elf->header.e_shnum)
		return false;
	shdr = section(elf, index);
	if (shdr.sh_type == SHT_NOBITS)
		return false;
	span->at = elf->bytes + shdr.sh_offset;
	span->size = shdr.sh_size;
	return true;
}
