// SPDX-License-Identifier: GPL-2.0-only
/* Print how many bytes this CPU's XSAVE area has, of all the states that are enabled. */
#include <cpuid.h>
#include <stdio.h>

int main(void)
{
	unsigned int eax, ebx = 0, ecx, edx;

	/* 0 in EBX too where the CPU has no XSAVE: then FXSAVE's 512 bytes are all there is. */
	__get_cpuid_count(0xd, 0, &eax, &ebx, &ecx, &edx);
	printf("%u\n", ebx);
	return 0;
}
