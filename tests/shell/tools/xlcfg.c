// SPDX-License-Identifier: GPL-2.0-only
/* Print a setting of an xl.cfg as Xen's own parser reads it: xlcfg FILE SETTING. */
#include <libxlutil.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	static char text[65536];
	FILE *from = argc == 3 ? fopen(argv[1], "r") : NULL;
	XLU_Config *config = xlu_cfg_init(stderr, argv[0]);
	const char *value;

	if (!from || !config)
		return 2;
	text[fread(text, 1, sizeof(text) - 1, from)] = '\0';
	fclose(from);
	if (xlu_cfg_readdata(config, text, strlen(text)) ||
	    xlu_cfg_get_string(config, argv[2], &value, 0))
		return 1;
	puts(value);
	xlu_cfg_destroy(config);
	return 0;
}
