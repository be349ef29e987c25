"""English sentences of the command line. Every key stands in `words_nl` too (a test checks it)."""

from __future__ import annotations

ENGLISH = {
    # --- help ---
    "help.lms": "Goed Gesprek: learning to talk with customers, with short clips and feedback.",
    "help.run": "Start the site: upgrade the database, web and worker. Ctrl-C stops all of it.",
    "help.run.demo": "Fill an empty database with the demo first.",
    "help.web": "Start the web process only.",
    "help.worker": "Start the worker only, which processes clips.",
    "help.worker.lanes": "Which work: media, transcription, quick (comma separated).",
    "help.db": "Upgrade and check the database.",
    "help.db.upgrade": "Bring the database to this version.",
    "help.db.check": "Check that the database equals this version.",
    "help.db.new": "For developers: write a new migration. WHY says why.",
    "help.demo": "Build the demo: an invented municipality with people, lessons and clips.",
    "help.demo.reset": "Erase the demo and build it again.",
    "help.model": "Fetch and list speech models.",
    "help.model.fetch": "Fetch a model, for example small.",
    "help.model.list": "Show which models are there.",
    "help.doctor": "See whether all is there: database, ffmpeg, model, worker and more.",
    "help.json": "Write JSON instead of plain text.",
    "help.user": "Make accounts.",
    "help.user.create_admin": "Make an administrator, with a new organisation if needed.",
    "help.user.password_stdin": "Read the password from standard input.",
    "help.media": "Process and check clips.",
    "help.media.process": "Process one file as the worker does.",
    "help.media.out": "Folder for the results (otherwise: name of the file with -processed).",
    "help.media.fsck": "Compare the database with the files on disk.",
    "help.media.checksums": "Read every file and compare checksums. This takes longer.",
    "help.media.mend": "Mend what can be: remove what belongs to nothing, make files again.",
    "help.media.force": "Mend even when almost nothing seems to fit.",
    # --- settings, run ---
    "settings.wrong": "Setting {name} is wrong: {reason}",
    "run.port_taken": (
        "Port {port} is taken. Is the site running already? Or choose another port: "
        "LMS_PORT={other} {lms} run"
    ),
    "run.starting": "Starting web and worker…",
    "run.ready": "Goed Gesprek is ready at {address}",
    "run.how_to_stop": "To stop: press Ctrl-C.",
    "run.stopped": "Everything has stopped.",
    "run.died": "{name} stopped (code {code}) and starts again in {seconds} s.",
    "hint.demo": "Tour without a password: {address}",
    "hint.no_people": "Make an administrator in another window: {lms} user create-admin",
    "hint.no_model": (
        "There is no model to write down speech yet. Fetch it in another window: "
        "{lms} model fetch {model}"
    ),
    "hint.no_engine": (
        "The program that writes down speech ({engine}) is not installed: pip install -r {file}"
    ),
    # --- db, demo ---
    "db.upgraded": "The database is at migration {number}.",
    "db.equal": "The database equals this version (migration {number}).",
    "db.differs": "The database does not equal this version. Differences:",
    "db.unreachable": "The database cannot be reached: {reason}",
    "demo.building": "Building the demo. This takes about a minute…",
    "demo.built": "The demo is ready: {people} people, {lessons} lessons, {takes} takes.",
    "demo.there": "The demo is there already. To build it again: {lms} demo --reset",
    "demo.refused": "No demo with LMS_ENV=production: people get in without a password.",
    "demo.no_storage": (
        "The demo was not built: the storage does not work ({reason}). Check LMS_S3_… and the "
        "network. Then: {lms} demo --reset"
    ),
    # --- model ---
    "model.unknown": "There is no model {name}. There are: {known}",
    "model.failed": "The model {name} was not fetched: {reason}. Please try again.",
    "model.there": "The model {name} is ready ({megabytes} MB).",
    "model.how_to_use": "To let the site use it: LMS_WHISPER_MODEL={name}",
    "model.progress": "{share}  {there} of {total} MB",
    "model.size": "present, {megabytes} MB",
    "model.absent": "not present",
    "model.legend": "* is the model of the setting LMS_WHISPER_MODEL.",
    # --- user ---
    "user.organisation": "Organisation",
    "user.name": "Name",
    "user.email": "E-mail address",
    "user.password": "Password",
    "user.bad_email": "That is no e-mail address.",
    "user.empty": "Please give an organisation and a name.",
    "user.bad_password": "Choose a password of at least {least} characters.",
    "user.taken": "There is an account with {email} already.",
    "user.demo": "The demo has no passwords. Choose an organisation of your own.",
    "user.made": "{name} is administrator of {organisation}.",
    # --- doctor ---
    "doctor.name.database": "database",
    "doctor.name.data": "data folder",
    "doctor.name.ffmpeg": "ffmpeg",
    "doctor.name.sandbox": "sandbox",
    "doctor.name.storage": "storage",
    "doctor.name.scanner": "virus scanner",
    "doctor.name.whisper": "speech to text",
    "doctor.name.worker": "worker",
    "doctor.name.queue": "queue",
    "doctor.name.proxy": "proxy",
    "doctor.name.mail": "mail",
    "doctor.database_ready": "{kind}, migration {number}",
    "doctor.database_unreachable": "Cannot be reached: {reason}. Check LMS_DATABASE_URL.",
    "doctor.database_behind": (
        "At migration {current}, this version wants {latest}. Do: {lms} db upgrade"
    ),
    "doctor.data_ready": "{path}, {gigabytes} GB free",
    "doctor.data_low": "{path} has only {gigabytes} GB free. Make room.",
    "doctor.data_full": "{path} is full: {gigabytes} GB free. New clips will fail.",
    "doctor.data_not_writable": "Cannot write in {path}. Give this user permission there.",
    "doctor.data_on_two_disks": (
        "The folders in {path} are on more than one disk. Put them on one disk."
    ),
    "doctor.storage_ready_disk": "{path}",
    "doctor.storage_ready_s3": "bucket {bucket} at {endpoint}",
    "doctor.storage_no_boto3": "LMS_STORAGE=s3 needs boto3. Do: pip install -r requirements/s3.txt",
    "doctor.storage_unreachable": (
        "The storage does not work ({reason}). New recordings wait on this server. Check "
        "LMS_S3_… and the network."
    ),
    "doctor.storage_garbled": (
        "The storage returns something else than what was put in. Stop the site and find out why."
    ),
    "doctor.storage_broken": "Cannot write, read or remove in {path}: {reason}.",
    "doctor.storage_public": "Anybody can read bucket {bucket}. Make it private.",
    "doctor.storage_versioned": (
        "Bucket {bucket} keeps old versions: erased recordings stay there. Let the bucket "
        "remove old versions after a day."
    ),
    "doctor.ffmpeg_ready": "version {version}",
    "doctor.ffmpeg_missing": "{program} does not work ({reason}). Do: apt install ffmpeg",
    "doctor.scanner_none": ("No virus scanner is set (LMS_CLAMD). Files are not scanned."),
    "doctor.scanner_away": (
        "The virus scanner at {address} does not answer ({reason}). {count} recordings wait."
    ),
    "doctor.scanner_blind": (
        "The virus scanner at {address} does not see the test virus. Refresh its list: freshclam"
    ),
    "doctor.scanner_limit": (
        "{count} recordings are larger than the virus scanner looks at. "
        "In clamd.conf set StreamMaxLength, MaxFileSize and MaxScanSize to {megabytes}M or more."
    ),
    "doctor.scanner_ready": ("{version}"),
    "doctor.sandbox_ready": "bubblewrap: ffmpeg sees nothing but the file it works on",
    "doctor.sandbox_ffmpeg_missing": "Cannot be tried without ffmpeg.",
    "doctor.sandbox_bubblewrap_missing": (
        "ffmpeg has limits on time and memory only. Better: apt install bubblewrap"
    ),
    "doctor.sandbox_namespaces_forbidden": (
        "This machine forbids bubblewrap (user namespaces). ffmpeg has limits on time and "
        "memory only. Allow user namespaces for this user."
    ),
    "doctor.sandbox_sandbox_failed": (
        "bubblewrap does not work here. ffmpeg has limits on time and memory only. "
        "See the worker's log."
    ),
    "doctor.model_ready": "{engine}, model {model}",
    "doctor.model_missing": (
        "The model {model} is not there. Clips and feedback work; text waits. "
        "Do: {lms} model fetch {model}"
    ),
    "doctor.engine_missing": (
        "{engine} is not installed. Clips and feedback work; text waits. Do: pip install -r {file}"
    ),
    "doctor.worker_alive": "{count} running, last sign {seconds} s ago",
    "doctor.worker_silent": (
        "No sign for {seconds} s. Clips are not processed. Do: {lms} run or {lms} worker"
    ),
    "doctor.worker_absent": "No worker is running. Do: {lms} run or {lms} worker",
    "doctor.lanes_unserved": "Nobody does this work: {lanes}. Do: {lms} worker --lanes {lanes}",
    "doctor.queue_ready": "{queued} queued, {waiting} held up, {running} running",
    "doctor.queue_slow": (
        "The oldest job has waited {minutes} minutes ({queued} queued). Start another worker."
    ),
    "doctor.queue_failures": (
        "{queued} queued, {waiting} held up, {running} running; {failed} failed. "
        "Whoever made the clip sees why."
    ),
    "doctor.proxy_named": "{count} in front: it tells the addresses of visitors",
    "doctor.proxy_none": "none set: visitors come directly",
    "doctor.proxy_unnamed": (
        "Your address begins with https, so a proxy stands in front. Set LMS_TRUSTED_PROXIES=1: "
        "now all visitors seem to come from one address."
    ),
    "doctor.mail_not_yet": "This version sends no mail yet. Notices are in the site.",
    # --- media process ---
    "process.no_file": "There is no such file: {file}",
    "process.too_large": "The file is larger than {limit} MB (LMS_MAX_UPLOAD_MB).",
    "process.failed": "Processing stopped: {reason}",
    "process.convert": "Converting   {percent:3d} %",
    "process.listen": "Writing down {percent:3d} %",
    "process.done": "Done: a clip of {seconds} s.",
    "process.heard": "This is what the computer heard:",
    "process.no_speech": "The computer heard no speech.",
    "refused.empty_file": "Refused: the file is empty.",
    "refused.not_media": "Refused: this is no video or sound.",
    "refused.picture": "Refused: this is a picture, no video or sound.",
    "refused.playlist": "Refused: this is a playlist that points at other files.",
    "refused.unreadable": "Refused: the file is damaged or cannot be read.",
    "refused.unsupported_codec": "Refused: this kind of recording ({codec}) is not supported.",
    "refused.no_audio": "Refused: there is no sound in it.",
    "refused.no_video_and_no_audio": "Refused: there is no picture and no sound in it.",
    "refused.zero_length": "Refused: the clip lasts {found} s. At least {limit} s is needed.",
    "refused.too_long": "Refused: the clip lasts {found} s. At most {limit} s is allowed.",
    "refused.too_many_pixels": "Refused: the picture is too large. At most {limit} pixels.",
    "refused.too_many_packets": "Refused: the file has far too many frames a second.",
    "refused.too_many_streams": "Refused: it holds too many tracks. At most {limit} are allowed.",
    "failed.timeout": "Processing took too long and was stopped.",
    "failed.resource_limit": "Processing took too much memory or time and was stopped.",
    "failed.cancelled": "Processing was cancelled.",
    "failed.decoder_failed": "ffmpeg could not convert this file.",
    "failed.disk_full": "The disk is full.",
    "failed.tool_missing": "ffmpeg is missing. Do: apt install ffmpeg",
    # --- media fsck ---
    "fsck.looked": "Looked at {clips} clips with {files} files.",
    "fsck.missing": "missing: {path}",
    "fsck.damaged": "damaged: {path}",
    "fsck.orphan": "belongs to nothing: {path}",
    "fsck.known_lost": "missing, its maker knows: {path}",
    "fsck.back": "there again: {path}",
    "fsck.removed": "removed: {what}",
    "fsck.again": "is made again by the worker: {what}",
    "fsck.given_up": "recording is gone, its maker is told: {what}",
    "fsck.only_backup": (
        "recording is gone, what people watch is still there: {what}. Only a backup helps."
    ),
    "fsck.foreign": (
        "Almost nothing fits. Does this storage belong to this database? Nothing was changed. "
        "Are you sure? Do: {lms} media fsck --mend --force"
    ),
    "fsck.clean": "All is well.",
}
