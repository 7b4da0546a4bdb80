# SPDX-License-Identifier: GPL-2.0-only
# The files of the persistence engine, for those who build it in user space.
# The last ones are not in the module.

ENGINE := media.c record.c log.c change.c names.c blob.c bits.c claims.c frames_alloc.c frames_part.c \
	ptree.c ptree_cut.c data.c scan.c verify.c judge.c recover.c \
	format.c repair.c repair_records.c repair_places.c repair_checkpoint.c user/shim.c
