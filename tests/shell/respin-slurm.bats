#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The plan as a Slurm array job, run by Debian's slurm-wlm: controller and node on loopback, in a private
# folder, from unpacked packages.  CPULEVEL_LONG only.
# shellcheck disable=SC2012

load pack

setup_file() {
	[[ -n ${CPULEVEL_LONG-} && $EUID -eq 0 ]] && have_kernels || return 0
	setup_key
	build_disk "$CPULEVEL_KDIR_A" "$W/packs" 2>/dev/null
	cp -r "$TOP/examples/acme-edu" "$W/zed"
	mv "$W/zed/acme_edu.c" "$W/zed/zed.c"
	echo 'obj-m := zed.o' >"$W/zed/Kbuild"
	build_disk "$CPULEVEL_KDIR_A" "$W/packs" --label zed --version 2 --text Zed --source "$W/zed" 2>/dev/null
	start_slurm
}

teardown_file() {
	[[ -n ${S-} ]] || return 0
	local pid
	for pid in "$S"/*.pid; do [[ ! -s $pid ]] || kill "$(<"$pid")" 2>/dev/null || true; done
	sleep 1
	stop_agent "$BATS_FILE_TMPDIR/trust"
}

setup() {
	[[ -n ${CPULEVEL_LONG-} ]] || skip "only in make check-long"
	[[ $EUID -eq 0 ]] || skip "slurmd starts jobs only as root"
	have_kernels || skip "CPULEVEL_KDIR_A and CPULEVEL_KDIR_B name no kernel-devel folders"
}

slurm_packages() {
	# shellcheck disable=SC2016 # that shell's own
	bash -c '. "$0/tests/vm/lib.sh"
		fetch() { unpack "$1" slurmd slurmctld slurm-client slurm-wlm-basic-plugins munge libmunge2 libhwloc15 liblua5.1-0; }
		cached "slurm/$(candidate slurmd)" fetch' "$TOP"
}

# Short paths: a socket's may have 107 characters.
start_slurm() {
	local lib host
	S=$(mktemp -d /tmp/slurm.XXXX)
	P=$(slurm_packages)
	lib=$P/usr/lib/x86_64-linux-gnu
	host=$(hostname -s)
	export S P LD_LIBRARY_PATH=$lib:$lib/slurm-wlm SLURM_CONF=$S/slurm.conf
	chmod 755 "$S"
	mkdir "$S"/{state,spool}
	head -c 128 /dev/urandom >"$S/munge.key"
	chmod 600 "$S/munge.key"
	"$P/usr/sbin/munged" --key-file="$S/munge.key" --socket="$S/munge.socket" --pid-file="$S/munged.pid" \
		--log-file="$S/munged.log" --seed-file="$S/seed" --force
	cat >"$S/slurm.conf" <<-END
		ClusterName=respin
		SlurmctldHost=$host(127.0.0.1)
		SlurmUser=root
		AuthType=auth/munge
		AuthInfo=socket=$S/munge.socket
		CredType=cred/munge
		PluginDir=$lib/slurm-wlm
		SlurmctldPort=$((20000 + $$ % 20000))
		SlurmdPort=$((20001 + $$ % 20000))
		StateSaveLocation=$S/state
		SlurmdSpoolDir=$S/spool
		SlurmctldPidFile=$S/slurmctld.pid
		SlurmdPidFile=$S/slurmd.pid
		SlurmctldLogFile=$S/slurmctld.log
		SlurmdLogFile=$S/slurmd.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		MpiDefault=none
		JobAcctGatherType=jobacct_gather/none
		SlurmdParameters=config_overrides
		ReturnToService=2
		NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
		PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
	END
	# Nothing that bats waits for may stay open in a daemon.
	"$P/usr/sbin/slurmctld-wlm" -c 3>&- >"$S/ctld.out" 2>&1
	"$P/usr/sbin/slurmd-wlm" -d "$P/usr/sbin/slurmstepd-wlm" 3>&- >"$S/d.out" 2>&1
}

@test "an array job over a shared cache makes the same disks as a run" {
	"$RESPIN" --plan --format slurm "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" \
		--sign-time "$(date +%s)" --out "$W/slurm" --cache "$W/cache" >"$W/job"
	cat "$S"/*.out "$S"/*.log
	id=$("$P/usr/bin/sbatch" --parsable "$W/job")
	for ((i = 0; i < 300; i++)); do
		[[ -n $("$P/usr/bin/squeue" -h -j "$id" 2>/dev/null) ]] || break
		sleep 1
	done
	cat "$S"/slurm*.log "$W"/cache/slurm-*.log
	[ "$(ls "$W/slurm" | paste -sd ' ')" = "acme-edu-1.1.respin1-$KB.iso zed-2.respin1-$KB.iso" ]
	[ "$(ls "$W"/cache/slurm-"${id}"_*.log | wc -l)" -eq 1 ]
	grep -q 'compiling 2 drivers together' "$W"/cache/slurm-"${id}"_1.log
	(unset LD_LIBRARY_PATH; "$RESPIN" "$W/packs" --kernel-devel "$CPULEVEL_KDIR_B" --sign "$KEY" \
		--sign-time "$(sed -n 's/^O_SIGN_TIME=//p' "$W/cache/plan/options")" --out "$W/run" --cache "$W/other")
	diff -r "$W/slurm" "$W/run"
}
