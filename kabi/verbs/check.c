// SPDX-License-Identifier: GPL-2.0-only
/* driver-kabi check: would these modules load on that kernel? */

#include <stdio.h>

#include "../inputs.h"
#include "../options.h"
#include "../output.h"

static int check_input(const struct input *input, const struct kernel *kernel,
		       const struct exports *exports, struct output *out)
{
	struct report report;
	int status;

	if (input->fault) {
		output_damaged(out, input->path, input->fault);
		return complain(EXIT_DAMAGED, input->path, input->fault);
	}
	if (check_module(&input->module, kernel, exports, &report))
		return out_of_memory(input->path);
	output_report(out, input->path, &input->module, &report);
	status = report.verdict == VERDICT_SAME ? EXIT_SAME : EXIT_DIFFERS;
	report_free(&report);
	return status;
}

/* Modules of one driver use each other's symbols, so first look at them all. */
static int read_inputs(const struct options *opt, struct inputs *inputs,
		       struct exports *exports)
{
	size_t i;
	int n;

	for (n = 0; n < opt->nr_operands; n++)
		if (inputs_add(inputs, opt->operands[n]))
			return -1;
	for (i = 0; i < inputs->nr; i++)
		if (exports_add(exports, &inputs->at[i].module))
			return -1;
	exports_sort(exports);
	return 0;
}

/* One that is damaged does not stop the others; the worst decides. */
static int check_inputs(const struct options *opt, const struct kernel *kernel)
{
	struct output *out = output_open(opt->json, opt->symvers, kernel);
	struct exports exports = { NULL, 0 };
	struct inputs inputs = { NULL, 0, 0 };
	int status, worst = EXIT_SAME;
	size_t i;

	if (!out)
		return out_of_memory("check");
	if (read_inputs(opt, &inputs, &exports))
		worst = out_of_memory("check");
	for (i = 0; i < inputs.nr; i++) {
		status = check_input(&inputs.at[i], kernel, &exports, out);
		if (status > worst)
			worst = status;
	}
	inputs_free(&inputs);
	exports_free(&exports);
	if (output_close(out))
		worst = complain(EXIT_SYMVERS, "stdout",
				 "cannot write; is the disk full?");
	return worst;
}

static int check(const struct options *opt)
{
	struct kernel kernel;
	char why[WHY_LEN];
	int status;

	if (!opt->symvers)
		return complain(EXIT_USAGE, "check",
				"no --symvers; give the new kernel's Module.symvers or kernel-devel");
	if (!opt->nr_operands)
		return complain(EXIT_USAGE, "check",
				"no module; name a .ko, an RPM or an ISO");
	if (kernel_read(&kernel, opt->symvers, why, sizeof(why)))
		return complain(EXIT_SYMVERS, opt->symvers, why);
	status = check_inputs(opt, &kernel);
	kernel_free(&kernel);
	return status;
}

int cmd_check(int argc, char **argv)
{
	struct options opt;
	int status = parse_options(argc, argv, "sj", &opt);

	if (!status)
		status = opt.help ? cmd_help(argc, argv) : check(&opt);
	options_free(&opt);
	return status;
}
