// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of commands: usage, help, completion and what runs come from it. */
#include "output.h"

const struct command commands[] = {
	{
		.noun = "status",
		.run = run_status,
		.args = "",
		.help = "Tell what there is in all",
		.details = "Versions, sums over pools, quotas that are used up, and what the "
			   "morsel window has.\nThe status is 3 if the kernel module is not "
			   "loaded.",
		.sheet = &status_sheet,
	},
	{
		.noun = "pool",
		.verb = "create",
		.run = run_pool_create,
		.args = "NAME",
		.args_min = 1,
		.args_max = 1,
		.help = "Make a volatile pool and mount it",
		.details =
			"The pool is mounted on /run/morsel/NAME, and lives until it is removed.",
		.options = pool_create_options,
		.sheet = &pool_sheet,
	},
	{
		.noun = "pool",
		.verb = "list",
		.run = run_pool_list,
		.args = "[DEV|IMAGE...]",
		.args_max = -1,
		.help = "List the pools",
		.details = "Those that are there, or those on the devices and in the images given, "
			   "mounted or not.",
		.sheet = &pool_sheet,
	},
	{
		.noun = "pool",
		.verb = "show",
		.run = run_pool_show,
		.args = "NAME|DEV|IMAGE...",
		.args_min = 1,
		.args_max = -1,
		.help = "Tell all about pools",
		.details = "A word with a slash in it is a device or an image.",
		.sheet = &pool_sheet,
	},
	{
		.noun = "pool",
		.verb = "remove",
		.run = run_pool_remove,
		.args = "NAME...",
		.args_min = 1,
		.args_max = -1,
		.help = "Unmount volatile pools and drop all that is in them",
		.details = "A pool of which something is open or mapped stays as it is.",
		.sheet = &pool_sheet,
	},
	{
		.noun = "pool",
		.verb = "format",
		.run = run_pool_format,
		.args = "DEV|IMAGE",
		.args_min = 1,
		.args_max = 1,
		.help = "Make a persistent pool on a device or in a file",
		.details = "What holds something is left alone unless --force is given, and what is "
			   "in use in\nany case. A file that is not there is made, if --size tells how "
			   "large.",
		.options = pool_format_options,
		.sheet = &pool_sheet,
	},
	{
		.noun = "pool",
		.verb = "attach",
		.run = run_pool_attach,
		.args = "DEV|LABEL|UUID [DIR]",
		.args_min = 1,
		.args_max = 2,
		.help = "Mount a persistent pool",
		.details = "A word with a slash is a device, others are looked for on all of them. "
			   "Without DIR\nit is mounted on /run/morsel/NAME, by default its label, or "
			   "without a label on\n/run/morsel/UUID.",
		.options = pool_attach_options,
	},
	{
		.noun = "pool",
		.verb = "detach",
		.run = run_pool_detach,
		.args = "POOL|DEV|LABEL|UUID|DIR...",
		.args_min = 1,
		.args_max = -1,
		.help = "Unmount persistent pools",
		.details = "A word with a slash is a device or where the pool is mounted. It is "
			   "unmounted from\nwherever it is mounted; what is in it stays.",
	},
	{
		.noun = "create",
		.run = run_create,
		.args = "POOL:PATH...",
		.args_min = 1,
		.args_max = -1,
		.help = "Create morsels or directories",
		.details =
			"Memory is allocated on first use. What exists is an error unless --keep "
			"is given.\nADDRESS is auto, 0x and digits, slot:N, the Nth GiB of the morsel "
			"window, or\nPOOL:PATH+OFFSET, so far behind the beginning of another.",
		.options = create_options,
		.sheet = &object_sheet,
	},
	{
		.noun = "ls",
		.run = run_ls,
		.args = "[POOL:PATH...]",
		.args_max = -1,
		.help = "List morsels and directories",
		.details =
			"Of a directory its entries are listed; without a name, the entries of all "
			"pools' roots.",
		.options = ls_options,
		.sheet = &object_sheet,
	},
	{
		.noun = "stat",
		.run = run_stat,
		.args = "POOL:PATH...",
		.args_min = 1,
		.args_max = -1,
		.help = "Tell all about morsels or directories",
		.sheet = &object_sheet,
	},
	{
		.noun = "mv",
		.run = run_mv,
		.args = "POOL:PATH POOL:NEW-PATH",
		.args_min = 2,
		.args_max = 2,
		.help = "Rename a morsel or directory",
		.details =
			"A new path that ends in a slash is the directory to move into. What is at "
			"the\nnew path is left alone, and an error, unless --replace or --exchange "
			"is given.",
		.options = mv_options,
		.sheet = &object_sheet,
	},
	{
		.noun = "rm",
		.run = run_rm,
		.args = "POOL:PATH...",
		.args_min = 1,
		.args_max = -1,
		.help = "Remove morsels and empty directories",
		.details = "Processes that have a morsel open or mapped keep it until they let go.",
		.options = rm_options,
		.sheet = &object_sheet,
	},
	{
		.noun = "resize",
		.run = run_resize,
		.args = "POOL:PATH SIZE",
		.args_min = 2,
		.args_max = 2,
		.help = "Change the size of a morsel",
		.details = "What is cut off is lost; processes that touch it get SIGBUS. What is "
			   "added "
			   "is zeros.",
		.sheet = &object_sheet,
	},
	{
		.noun = "address",
		.run = run_address,
		.args = "POOL:PATH ADDRESS|auto|none",
		.args_min = 2,
		.args_max = 2,
		.help = "Give a morsel an address, another one, or none",
		.details = "It has the address in every process that maps it. Only while nobody "
			   "does can it be\nchanged. ADDRESS is 0x and digits, slot:N, the Nth GiB "
			   "of the morsel window, or\nPOOL:PATH+OFFSET, so far behind the beginning "
			   "of another.",
		.options = address_options,
		.sheet = &object_sheet,
	},
	{
		.noun = "rights",
		.verb = "show",
		.run = run_rights_show,
		.args = "POOL:PATH...",
		.args_min = 1,
		.args_max = -1,
		.help = "Show owner, group and access control lists",
		.details = "With --recursive, what rights restore reads.",
		.options = rights_show_options,
	},
	{
		.noun = "rights",
		.verb = "grant",
		.run = run_rights_grant,
		.args = "POOL:PATH ENTRY[,ENTRY...]",
		.args_min = 2,
		.args_max = 2,
		.help = "Set entries of an access control list",
		.details = "An entry is u:USER:rw, g:GROUP:r, u::rw (owner), g::r (group), "
			   "m::rw (mask)\nor o::- (others); d: in front means the list for new "
			   "objects of a directory.",
	},
	{
		.noun = "rights",
		.verb = "revoke",
		.run = run_rights_revoke,
		.args = "POOL:PATH ENTRY[,ENTRY...]",
		.args_min = 2,
		.args_max = 2,
		.help = "Take rights away, also from who has it open or mapped",
		.details = "An entry is as for grant and says what to take; u:USER means all. "
			   "When the\ncommand is done, nobody uses what he has lost: an access to "
			   "a mapping gets\nSIGBUS or SIGSEGV, a system call EACCES.",
		.options = rights_revoke_options,
	},
	{
		.noun = "rights",
		.verb = "copy",
		.run = run_rights_copy,
		.args = "POOL:PATH POOL:PATH...",
		.args_min = 2,
		.args_max = -1,
		.help = "Give the lists of the first to the others",
	},
	{
		.noun = "rights",
		.verb = "restore",
		.run = run_rights_restore,
		.args = "FILE",
		.args_min = 1,
		.args_max = 1,
		.help = "Give owners, groups and lists back as rights show has printed them",
		.details = "FILE may be - for standard input. If a line makes no sense, nothing is "
			   "changed.",
	},
	{
		.noun = "rights",
		.verb = "check",
		.run = run_rights_check,
		.args = "POOL:PATH PERMISSION",
		.args_min = 2,
		.args_max = 2,
		.help = "Tell whether somebody may read, write or search, and why",
		.details = "PERMISSION is r, w, x or some of them. What is shown is which entry "
			   "decides on each\ndirectory on the way, and on what is named. The "
			   "status is 1 if it is refused.",
		.options = rights_check_options,
		.sheet = &rights_check_sheet,
	},
	{
		.noun = "seal",
		.run = run_seal,
		.args = "POOL:PATH...",
		.args_min = 1,
		.args_max = -1,
		.help = "Make the contents of morsels final",
		.details = "Nobody writes, resizes or maps them for writing from then on. There is "
			   "no way back.",
		.sheet = &object_sheet,
	},
	{
		.noun = "events",
		.run = run_events,
		.args = "[POOL:PATH...]",
		.args_max = -1,
		.help = "Print changes as they happen",
		.details = "Those of the morsels named, or of directories and what is in them; "
			   "without a name\nall, for administrators. Ends when it is interrupted.",
		.options = events_options,
	},
	{
		.noun = "import",
		.run = run_import,
		.args = "FILE POOL:PATH",
		.args_min = 2,
		.args_max = 2,
		.help = "Copy a file into a new morsel",
		.details =
			"FILE may be - for standard input. Holes stay holes. The morsel appears "
			"when it\nis complete. A path that ends in a slash or a colon is the "
			"directory to put it in.",
		.options = import_options,
		.sheet = &object_sheet,
	},
	{
		.noun = "export",
		.run = run_export,
		.args = "POOL:PATH FILE",
		.args_min = 2,
		.args_max = 2,
		.help = "Copy a morsel into a file",
		.details = "FILE may be - for standard output. Holes stay holes. A new file "
			   "appears when it is\ncomplete.",
		.options = export_options,
	},
	{
		.noun = "quota",
		.verb = "show",
		.run = run_quota_show,
		.args = "[POOL...]",
		.args_max = -1,
		.help = "Show what users may have in pools, and have",
		.details = "Without a name, of all pools. You see your own quota and the default "
			   "one,\nadministrators see all.",
		.sheet = &quota_sheet,
	},
	{
		.noun = "quota",
		.verb = "set",
		.run = run_quota_set,
		.args = "POOL USER",
		.args_min = 2,
		.args_max = 2,
		.help = "Limit what a user may have in a pool",
		.details = "The user \"default\" stands for all who have no limits of their own, "
			   "but root.\nWhat is in use stays, even above a new limit.",
		.options = quota_set_options,
		.sheet = &quota_sheet,
	},
	{
		.noun = "vas",
		.run = run_vas,
		.args = "",
		.help = "Show the addresses that morsels have",
		.details = "Those reserved in the morsel window, or with --pid what processes have "
			   "mapped.",
		.options = vas_options,
		.sheet = &vas_sheet,
	},
	{
		.noun = "usage",
		.run = run_usage,
		.args = "[POOL:PATH...]",
		.args_max = -1,
		.help = "Show how morsels are used",
		.details = "Memory, page tables, who maps how often, and what is active: accessed "
			   "since the\nlast look. Of a directory its entries are shown; without a "
			   "name, all morsels.\nWith --by their sums: of what each process maps, "
			   "each user owns, each pool has,\nas far as you may see it.",
		.options = usage_options,
		.sheet = &usage_sheet,
		.sheet_of = usage_sheet_of,
	},
	{
		.noun = "ps",
		.run = run_ps,
		.args = "[POOL:PATH...]",
		.args_max = -1,
		.help = "Show which processes map morsels",
		.details = "Without a name, of all morsels. Other users' processes are shown to "
			   "administrators.",
		.options = ps_options,
		.sheet = &ps_sheet,
	},
	{
		.noun = "check",
		.run = run_check,
		.args = "[POOL|DEV|IMAGE...]",
		.args_max = -1,
		.help = "Verify pools",
		.details = "Of a pool in use it is what the kernel tells that is verified, of a "
			   "device or an\nimage (a word with a slash) all that is on it. Without a "
			   "name, all pools in use\nare checked. Nothing is changed unless --repair "
			   "is given.",
		.options = check_options,
	},
	{
		.noun = "help",
		.run = run_help,
		.args = "[COMMAND...]",
		.args_max = -1,
		.help = "Explain a command",
	},
	{
		.noun = "completion",
		.run = run_completion,
		.args = "",
		.help = "Print a completion script for bash",
	},
};

const size_t nr_commands = ARRAY_SIZE(commands);
