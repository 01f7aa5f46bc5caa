/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words and bits of featuresets by name: CL_WORD_0 to the last known word,
 * CL_F_AVX2 and so on.  What is installed is this file with the table in its place.
 */
#ifndef CPULEVEL_BITS_H
#define CPULEVEL_BITS_H

enum cl_bits {
#define WORD(index, name, leaf, subleaf, reg)	CL_WORD_##index = index,
#include "features.def"
	CL_NR_KNOWN_WORDS,
#define FEATURE(name, word, bit, attributes, text) \
	CL_F_##name = CL_WORD_##word * 32 + bit,
#include "features.def"
};

#endif /* CPULEVEL_BITS_H */
