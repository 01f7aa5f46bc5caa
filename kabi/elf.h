/* SPDX-License-Identifier: GPL-2.0-only */
/* The sections of an ELF relocatable object, as far as modules need them. */
#ifndef KABI_ELF_H
#define KABI_ELF_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>

struct elf {
	const unsigned char *bytes;
	size_t size;
	Elf64_Ehdr header;
	const char *names;	/* of the sections */
	size_t names_size;
};

/* Bytes of the file, always inside it. */
struct span {
	const unsigned char *at;
	size_t size;
};

/*
 * Every section is known to lie within the file afterwards.  Returns NULL, or
 * what is wrong with the SIZE bytes at BYTES.
 */
const char *elf_open(struct elf *elf, const unsigned char *bytes, size_t size);
/* The first section called NAME that has contents; its index, 0 if none. */
size_t elf_find(const struct elf *elf, const char *name, struct span *span);
/* Section INDEX, if it has contents. */
bool elf_section(const struct elf *elf, size_t index, struct span *span);
/* The string table that section INDEX uses; false: none, or not terminated. */
bool elf_linked_strings(const struct elf *elf, size_t index, struct span *span);

#endif
