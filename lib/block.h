/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words by four, for the loops that have to be fast. */
#ifndef CPULEVEL_BLOCK_H
#define CPULEVEL_BLOCK_H

#include "cpulevel.h"

/*
 * Four words at once, for loops that have to be fast at -O2 and with old
 * compilers.  Arrays of words have room for CL_MAX_WORDS, so a block is whole
 * even where the last words are not used.
 */
typedef uint32_t cl_block
	__attribute__((vector_size(16), aligned(4), may_alias));

#define CL_BLOCKS(nr_words)	(((nr_words) + 3) / 4)
#define CL_BLOCKS_OF(words)	((cl_block *)(words))
#define CL_CONST_BLOCKS(words)	((const cl_block *)(words))

static inline bool cl_any_bit(cl_block block)
{
	typedef uint64_t halves __attribute__((vector_size(16)));
	halves both = (halves)block;

	return both[0] | both[1];
}

/*
 * Before a loop of at most @n turns whose time counts, so that what it keeps
 * stays in registers.  Older compilers make a slower one of it.
 */
#define CL_PRAGMA(text)	_Pragma(#text)
#if __GNUC__ >= 8
#define CL_UNROLL(n)	CL_PRAGMA(GCC unroll n)
#else
#define CL_UNROLL(n)
#endif

#endif /* CPULEVEL_BLOCK_H */
