// SPDX-License-Identifier: GPL-2.0-only
/* In a guest: all CPUID leaves that this CPU shows, as the program cpuid prints them raw. */
#include <cpuid.h>
#include <stdint.h>
#include <stdio.h>

/* Leaves with subleaves, and how many of them hold features. */
static unsigned int nr_subleaves(uint32_t leaf)
{
	switch (leaf) {
	case 0x7:	return 3;
	case 0xd:	return 2;
	default:	return 1;
	}
}

static void print_range(uint32_t first)
{
	uint32_t leaf, last = __get_cpuid_max(first, NULL);
	uint32_t a, b, c, d;
	unsigned int sub;

	if (last < first || last > first + 0xff)
		return;
	for (leaf = first; leaf <= last; leaf++)
		for (sub = 0; sub < nr_subleaves(leaf); sub++) {
			__cpuid_count(leaf, sub, a, b, c, d);
			printf("   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n",
			       leaf, sub, a, b, c, d);
		}
}

int main(void)
{
	puts("CPU 0:");
	print_range(0);
	print_range(0x80000000);
	return 0;
}
