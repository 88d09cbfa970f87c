/* Made by `npm run api` from openapi.json. Do not edit. */

export interface paths {
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the records: all for administrators, those of their teams for managers, none for others. */
        get: operations["audit_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{case_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the case with readings, newest agreement and consensus (managers, adjudicators, engineers). */
        get: operations["cases_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{case_id}/agreement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Compare the readings submitted so far, as a job. */
        post: operations["agreement_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{case_id}/consensus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Compute a consensus of the readings submitted so far, as a job. */
        post: operations["consensus_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/held": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List them, oldest first. */
        get: operations["deidentification_held"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/held/{held_id}/blank": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Blank regions in all frames and let it go. */
        post: operations["deidentification_held_blank"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/held/{held_id}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Discard it: its bytes are deleted; the original stays as it is. */
        post: operations["deidentification_held_discard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/held/{held_id}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return one frame as PNG in full size, so that small letters can be read. */
        get: operations["deidentification_held_picture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/held/{held_id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Release it as it is, with a reason. */
        post: operations["deidentification_held_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List them by name. */
        get: operations["deidentification_profiles"];
        put?: never;
        /** @description Make a profile (managers of the team). */
        post: operations["deidentification_profile_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/profiles/{profile_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return it with all versions of its rules. */
        get: operations["deidentification_profile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** @description Change it; rules that a run has used stay, and the change is a new version. */
        patch: operations["deidentification_profile_update"];
        trace?: never;
    };
    "/api/deidentification/profiles/{profile_id}/reidentify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Return the person; administrators and managers whom one has named, always written to the audit record. */
        post: operations["deidentification_reidentify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/profiles/{profile_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description De-identify series that the asker sees, as a job. */
        post: operations["deidentification_run_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List them, newest first. */
        get: operations["deidentification_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deidentification/runs/{deidentification_run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return it with its report: per study what was changed and why, what is held, what was refused. */
        get: operations["deidentification_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dicom-nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List them. */
        get: operations["dicom_nodes_list"];
        put?: never;
        /** @description Add one. */
        post: operations["dicom_node_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dicom-nodes/{node_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** @description Take it off the list; what it sent stays. */
        delete: operations["dicom_node_remove"];
        options?: never;
        head?: never;
        /** @description Change it. */
        patch: operations["dicom_node_change"];
        trace?: never;
    };
    "/api/drafts/{draft_id}/frames": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return its frames. */
        get: operations["draft_frames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List the last 100 imports the actor may look at; those of more than 5,000 files without their studies. */
        get: operations["imports_list"];
        put?: never;
        /** @description Open an import. */
        post: operations["import_open"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{import_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return an import with its counts so far. */
        get: operations["import_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{import_id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Index what came in, a large import by a job that tells how far it is; answers with the studies. */
        post: operations["import_close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{import_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List files with their outcomes in the order of their coming, a page at a time. */
        get: operations["import_files"];
        put?: never;
        /** @description Take in files, or every file of a zip; answers when all of it is durable. */
        post: operations["import_add_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{import_id}/known": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Return the paths of those files that the import has an outcome for. */
        post: operations["import_known"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return them, newest first. */
        get: operations["job_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return it. */
        get: operations["job_retrieve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Cancel: at once when it waits, at its next step when it runs. */
        post: operations["job_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return its lines, oldest first. */
        get: operations["job_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Queue a failed or cancelled job again. */
        post: operations["job_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mark-sets/{mark_set_id}/frames": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the frames as of a revision, or those changed since one. */
        get: operations["mark_set_frames_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-versions/{version_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return a model version. */
        get: operations["model_version_retrieve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-versions/{version_id}/bundle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Download the bundle as a zip. */
        get: operations["model_version_bundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-versions/{version_id}/trust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Allow the named targets to run; for administrators, and recorded. */
        post: operations["model_version_trust"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the models one may use. */
        get: operations["model_list"];
        put?: never;
        /** @description Register a bundle (a zip) as a new model version; for administrators. */
        post: operations["model_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models/{model_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return a model with its versions. */
        get: operations["model_retrieve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List the projects the asker knows of. */
        get: operations["projects_list"];
        put?: never;
        /** @description Make a project; the asker becomes its manager. */
        post: operations["projects_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the project as the asker sees it. */
        get: operations["projects_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** @description Change name, description or the de-identification that is demanded (managers). */
        patch: operations["projects_update"];
        trace?: never;
    };
    "/api/projects/{project_id}/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List cases with readings and newest results (managers, adjudicators, engineers). */
        get: operations["cases_list"];
        put?: never;
        /** @description Make one case per study (managers). */
        post: operations["cases_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Close the project to its readers. */
        post: operations["projects_close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return, per case, the newest draft of each model version and what readers made of it. */
        get: operations["project_drafts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/go-live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Open the project to its readers; 400 `not_ready` names what is missing. */
        post: operations["projects_go_live"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/hanging": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the rules that count for the asker. */
        get: operations["hanging_get"];
        /** @description Replace the project's rules (managers). */
        put: operations["hanging_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/hanging/own": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Replace one's own rules. */
        put: operations["hanging_set_own"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/learning": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return set-up, champion, history, runs, and what is missing before training can start. */
        get: operations["learning_retrieve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** @description Change trigger, split or training settings. */
        patch: operations["learning_update"];
        trace?: never;
    };
    "/api/projects/{project_id}/learning/champion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Make a model version the champion. */
        put: operations["learning_choose_champion"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/learning/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Give the title back to the champion before the present one. */
        post: operations["learning_rollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/learning/train": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Start a run. */
        post: operations["learning_train"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List people and roles (not for mere readers). */
        get: operations["members_list"];
        /** @description Give a person exactly these roles (managers). */
        put: operations["members_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/prelabel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Run a model on some or all cases, as one job each. */
        post: operations["project_prelabel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return progress per state and reader (managers, adjudicators, engineers). */
        get: operations["progress_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/protocol": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the newest version; 404 `no_protocol` before the first. */
        get: operations["protocol_get"];
        /** @description Write the next version (managers). */
        put: operations["protocol_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/releases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the releases, newest first. */
        get: operations["releases_list"];
        put?: never;
        /** @description Fix the members of a release and start freezing it. */
        post: operations["release_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project_id}/releases/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Return counts per split and the cases that would be missing; writes nothing. */
        post: operations["release_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return a reading with protocol, series, measurements and answers. */
        get: operations["readings_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/align": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Return where places of one series lie in the other. Nothing is saved. */
        post: operations["reading_align"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/desk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Sit down at a reading, take it over from another machine, or leave it. */
        post: operations["readings_desk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the newest draft of each model version (none where the protocol shows no drafts). */
        get: operations["reading_drafts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/drafts/{draft_id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Accept, take to edit, or reject. */
        post: operations["draft_decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/export/{form}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the marks of a revision as a DICOM file, or as a zip where they need several files. */
        get: operations["reading_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/frames": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the frames as of a revision, or those changed since one. */
        get: operations["reading_frames_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Load a file as one revision; 200 when this `client_id` was known already, 409 `stale_base` or `locked`. */
        post: operations["reading_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/import/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Return what maps to what, what is left out and what changes; nothing is written. */
        post: operations["reading_import_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Note that the reader has begun. */
        post: operations["readings_open"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/prompt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Return the mask that points, scribbles and a box ask for. */
        post: operations["reading_prompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Append a revision equal to an earlier state. */
        post: operations["revisions_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/return": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Send a submitted reading back to its reader (managers). */
        post: operations["readings_return"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List revisions, newest first. */
        get: operations["revisions_list"];
        put?: never;
        /** @description Make one change durable; 200 when this `client_id` was known already, 409 `stale_base` or `locked`. */
        post: operations["revisions_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/revisions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return measurements and answers as of a revision; its frames: `frames` with `at`. */
        get: operations["revisions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/readings/{reading_id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Submit and lock the reading; 400 `answers_missing`, 409 `stale_base`. */
        post: operations["readings_submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{release_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the release. */
        get: operations["release_retrieve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{release_id}/download/{archive_format}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Stream the archive, with its length, its name and its SHA-256 as ETag and Digest. */
        get: operations["release_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/releases/{release_id}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the manifest of each archive by format, as it lies in the archive. */
        get: operations["release_manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series/{series_uid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** @description Delete it for good; refused while cases or masks refer to it. */
        delete: operations["series_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series/{series_uid}/convert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Make another series of the file that this one came from; this one stays. */
        post: operations["series_convert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series/{series_uid}/derived": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return what each object of this series says, and each visible object that speaks of its images. */
        get: operations["series_derived"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series/{series_uid}/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return a JPEG mosaic of up to 16 frames spread over the volumes; tiles of at most 128 pixels. */
        get: operations["series_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series/{series_uid}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return a JPEG of the middle frame, at most 192 pixels wide and high. */
        get: operations["series_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/series/{series_uid}/volumes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return every volume with its frames in order, and its grid or the reasons why it has none. */
        get: operations["series_volumes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return who is signed in (user null: nobody) and set the CSRF cookie. */
        get: operations["session_retrieve"];
        put?: never;
        /** @description Sign in. */
        post: operations["session_create"];
        /** @description Sign out. */
        delete: operations["session_delete"];
        options?: never;
        head?: never;
        /** @description Change one's own name, language, hotkeys or texts over images. */
        patch: operations["session_update"];
        trace?: never;
    };
    "/api/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Change it; this session stays signed in, others of the same user end. */
        post: operations["session_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List the newest set-aside files of the imports the actor may look at. */
        get: operations["set_aside_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** @description Throw it away for good. */
        delete: operations["set_aside_discard"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside/{file_id}/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return what differs between it and the stored instance of the same UID. */
        get: operations["set_aside_compare"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside/{file_id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Download the file as it came. */
        get: operations["set_aside_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside/{file_id}/repair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Repair it and take the result in; what came is kept as its source. */
        post: operations["set_aside_repair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside/{file_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Try to take it in once more. */
        post: operations["set_aside_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside/{file_id}/settle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Do what was decided; stored bytes are never lost by it. */
        post: operations["set_aside_settle"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside/repair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Start a job that repairs the given files, or all of an import; one lost series comes out as one. */
        post: operations["set_aside_repair_many"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside/repair/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Return the series that repairing these files (at most 1,000) would make; nothing is changed. */
        post: operations["set_aside_repair_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-aside/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Start a job that tries the given files, or all of an import, once more. */
        post: operations["set_aside_retry_many"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return bytes, counts and rules. */
        get: operations["storage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** @description Change quota and retention. */
        patch: operations["storage_patch"];
        trace?: never;
    };
    "/api/storage/expired": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List the oldest 200 studies that would go; nothing is deleted. */
        get: operations["storage_expired"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/structures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the structures that fit some words, the best first, 30 at most. */
        get: operations["structures_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/studies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return a page of the studies that match all search words, newest first. */
        get: operations["studies_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/studies/{study_uid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return a study with the series the actor sees. */
        get: operations["study_get"];
        put?: never;
        post?: never;
        /** @description Delete it for good, with all of its series; refused while cases or masks refer to any. */
        delete: operations["study_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return them, newest first. */
        get: operations["token_list"];
        put?: never;
        /** @description Make one; the answer holds its secret, which is shown once. */
        post: operations["token_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** @description Revoke it. */
        delete: operations["token_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/training-runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return it, with its curve. */
        get: operations["training_run_retrieve"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Return the people one may invite. */
        get: operations["user_list"];
        put?: never;
        /** @description Make an account; the answer holds a one-time password. */
        post: operations["user_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** @description Change it. */
        patch: operations["user_update"];
        trace?: never;
    };
    "/api/users/{user_id}/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Replace it by a one-time password, which is shown once. */
        post: operations["user_reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/worklist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description List the asker's readings in live projects, in working order. */
        get: operations["worklist_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/worklist/next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Return what to read next; 404 `worklist_empty` when nothing is left. */
        post: operations["worklist_next"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The cases that were made, and the studies that were not taken. */
        AddedCases: {
            cases: components["schemas"]["Case"][];
            skipped: components["schemas"]["SkippedStudy"][];
        };
        /** @description A label that was compared. */
        AgreedLabel: {
            name: string;
            value: number;
        };
        /** @description An agreement with what was compared: [[reading, revision], …]. */
        Agreement: {
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            inputs: unknown[][];
            result: components["schemas"]["AgreementResult"];
        };
        /** @description The one number of an agreement. */
        AgreementBrief: {
            /** Format: double */
            mean_dice: number | null;
        };
        /** @description How far the readings of a case agree. */
        AgreementResult: {
            answers?: components["schemas"]["AnswerAgreement"][];
            findings?: components["schemas"]["ReadFinding"][];
            labels: components["schemas"]["AgreedLabel"][];
            lesion_questions?: components["schemas"]["AskedQuestion"][];
            /** Format: double */
            mean_dice: number | null;
            not_readable?: components["schemas"]["Unreadable"][];
            pairs: components["schemas"]["PairAgreement"][];
        };
        /** @description A rigid motion: `matrix` maps (x, y, z, 1) of `here` to the same place of `there`, LPS mm. */
        Alignment: {
            /** Format: double */
            before: number;
            /** Format: double */
            elapsed_ms: number;
            /** Format: double */
            information: number;
            matrix: number[][];
            /** Format: double */
            overlap: number;
            /** Format: double */
            shift_mm: number;
            /** Format: double */
            turn_deg: number;
        };
        /** @description A volume of a series that the reading shows. */
        AlignPlaceRequest: {
            series_uid: string;
            /** @default 0 */
            volume_index: number;
        };
        /** @description From which volume to which. */
        AlignRequest: {
            here: components["schemas"]["AlignPlaceRequest"];
            there: components["schemas"]["AlignPlaceRequest"];
        };
        /** @description What the readings answer to one question; `same` is null where fewer than two answer it. */
        AnswerAgreement: {
            key: string;
            kind: components["schemas"]["QuestionKindEnum"];
            same: boolean | null;
            /**
             * Format: double
             * @description Greatest minus smallest; of a score in steps of its scale; null for other kinds
             */
            spread: number | null;
            text: string;
            unit: string;
            values: components["schemas"]["GivenAnswer"][];
        };
        /** @description A new answer; null takes it back. */
        AnswerInRequest: {
            question: string;
            value: unknown;
        };
        /** @description One downloadable file. */
        Archive: {
            file_count: number;
            filename: string;
            format: components["schemas"]["ReleaseFormatEnum"];
            sha256: string;
            size_bytes: number;
        };
        /** @description A question that was compared. */
        AskedQuestion: {
            key: string;
            kind: components["schemas"]["QuestionKindEnum"];
            text: string;
            unit: string;
        };
        /** @description One attribute: what was done with it, by which rule, how often. */
        AttributeChange: {
            action: string;
            count: number;
            name: string;
            rule: string;
            tag: string;
        };
        /** @description One thing that was done. */
        AuditRecord: {
            readonly action: string;
            /** Format: uuid */
            readonly actor_id: string | null;
            readonly actor_name: string;
            /** Format: date-time */
            readonly at: string;
            readonly detail: unknown;
            readonly id: number;
            readonly subject: string;
            /** Format: uuid */
            readonly team_id: string | null;
        };
        /** @enum {unknown} */
        BlankEnum: "";
        /** @description What to blank. */
        BlankRequest: {
            /** @default true */
            all_frames: boolean;
            regions: components["schemas"]["RegionRequest"][];
        };
        /** @description A bundle as a zip, and the name of the model it is a version of. */
        BundleUploadRequest: {
            /** Format: binary */
            bundle: string;
            /** @default  */
            name: string;
        };
        /** @description A case as those who oversee the project see it. */
        Case: {
            agreement: components["schemas"]["AgreementBrief"] | null;
            consensus: components["schemas"]["ConsensusBrief"] | null;
            /** Format: uuid */
            id: string;
            modality: string;
            number: number;
            readonly readings: components["schemas"]["CaseReading"][];
            series: components["schemas"]["CaseSeries"][];
            state: components["schemas"]["CaseStateEnum"];
            study_description: string;
        };
        /** @description A case as its reader knows it: by number. */
        CaseBrief: {
            /** Format: uuid */
            id: string;
            number: number;
        };
        /** @description A case with its newest results in full. */
        CaseDetail: {
            agreement: components["schemas"]["Agreement"] | null;
            consensus: components["schemas"]["Consensus"] | null;
            /** Format: uuid */
            id: string;
            modality: string;
            number: number;
            /** Format: uuid */
            project: string;
            readonly readings: components["schemas"]["CaseReading"][];
            series: components["schemas"]["CaseSeries"][];
            state: components["schemas"]["CaseStateEnum"];
            study_description: string;
        };
        /** @description The drafts on one case. */
        CaseDrafts: {
            case: components["schemas"]["CaseNumber"];
            drafts: components["schemas"]["ProjectDraft"][];
        };
        /** @description A case by number. */
        CaseNumber: {
            /** Format: uuid */
            id: string;
            number: number;
        };
        /** @description How far one reader is with a case. */
        CaseReading: {
            /** Format: uuid */
            id: string;
            readonly not_readable: components["schemas"]["NotReadable"] | null;
            reader: components["schemas"]["Person"];
            state: components["schemas"]["ReadingStateEnum"];
            /** Format: date-time */
            submitted_at: string | null;
        };
        /** @description Dice of one held-out volume. */
        CaseScore: {
            name: string;
            per_label: {
                [key: string]: number | null;
            };
        };
        /** @description A series of a case. */
        CaseSeries: {
            description: string;
            frame_count: number;
            modality: string;
            series_uid: string;
            study_uid: string;
        };
        /** @enum {string} */
        CaseStateEnum: "waiting" | "reading" | "complete";
        /** @description A change of champion. */
        ChampionChange: {
            changed_by: components["schemas"]["ReaderName"] | null;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: uuid */
            readonly id: string;
            kind: components["schemas"]["ChampionChangeKindEnum"];
            previous: components["schemas"]["ModelVersion"] | null;
            readonly reason: string;
            /** Format: uuid */
            readonly run: string | null;
            version: components["schemas"]["ModelVersion"] | null;
        };
        /** @enum {string} */
        ChampionChangeKindEnum: "won" | "chosen" | "rolled_back";
        /** @description Which version becomes the champion by hand. */
        ChampionChoiceRequest: {
            /** Format: uuid */
            model_version: string;
            /** @default  */
            reason: string;
        };
        /** @description A coded concept. */
        Code: {
            meaning: string;
            scheme: string;
            value: string;
        };
        /** @description A set-aside file beside the stored instance of the same UID; `pixels_equal` is null where it cannot be told. */
        Comparison: {
            differences: components["schemas"]["Difference"][];
            geometry_equal: boolean;
            held: components["schemas"]["Held"][];
            pixels_detail: string;
            pixels_equal: boolean | null;
            same_place: boolean;
            series_uid: string;
            sop_instance_uid: string;
        };
        /** @description When a question is asked: an earlier one has one of these answers, or any where none are named. */
        Condition: {
            question: string;
            values?: unknown[];
        };
        /** @description When a question is asked: an earlier one has one of these answers, or any where none are named. */
        ConditionRequest: {
            question: string;
            values?: unknown[];
        };
        /** @description A consensus with what it was made of. */
        Consensus: {
            /** Format: date-time */
            created_at: string;
            detail: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            id: string;
            inputs: unknown[][];
            /** Format: uuid */
            mark_set: string;
            rule: components["schemas"]["ConsensusRuleEnum"];
        };
        /** @description Which consensus a case has. */
        ConsensusBrief: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            mark_set: string;
            rule: components["schemas"]["ConsensusRuleEnum"];
        };
        /** @description By which rule; the protocol's when left out. */
        ConsensusRequestRequest: {
            rule?: (components["schemas"]["ConsensusRuleEnum"] | components["schemas"]["NullEnum"]) | null;
        };
        /** @enum {string} */
        ConsensusRuleEnum: "majority" | "staple";
        /** @description What a person says of a research file: what made the images, and whether it is a label map (null: look). */
        ConvertRequest: {
            labels?: boolean | null;
            /** @default  */
            modality: components["schemas"]["ModalityEnum"];
        };
        /** @description A code with its sentence, and how many instances it holds for. */
        Counted: {
            code: string;
            count: number;
            detail: string;
        };
        /** @description One epoch; Dice is null where it was not taken or is undefined. */
        CurvePoint: {
            epoch: number;
            /** Format: double */
            held_out_dice: number | null;
            /** Format: double */
            loss: number;
            per_label: {
                [key: string]: number | null;
            };
            /** Format: double */
            seconds: number;
        };
        /** @description Where the reading stands now; `number` is the revision that took the draft. */
        Decided: {
            head: number;
            number: number | null;
        };
        /** @description What to do with a draft. */
        DecideRequest: {
            action: components["schemas"]["DraftActionEnum"];
            base_revision: number;
            /** Format: uuid */
            client_id: string;
        };
        /** @description A release as it is asked for. */
        DefinitionRequest: {
            formats: components["schemas"]["ReleaseFormatEnum"][];
            label_source: components["schemas"]["LabelSourceEnum"];
            name: string;
            /** Format: uuid */
            reader?: string | null;
            /** @default 0 */
            seed: number;
            shares: components["schemas"]["SharesRequest"];
        };
        /** @enum {string} */
        DeidentificationOptionEnum: "retain_safe_private" | "retain_uids" | "retain_device" | "retain_institution" | "retain_patient_characteristics" | "retain_full_dates" | "retain_modified_dates" | "clean_descriptors" | "clean_structured_content" | "clean_graphics" | "clean_pixels" | "clean_recognizable_features";
        /** @description A profile with its newest rules; `used`: a run has used them, so that a change makes a new version. */
        DeidentificationProfile: {
            /** Format: date-time */
            created_at: string;
            demanded: boolean;
            held: number;
            /** Format: uuid */
            id: string;
            may_reidentify: boolean;
            name: string;
            options: components["schemas"]["DeidentificationOptionEnum"][];
            private_tags: components["schemas"]["PrivateTag"][];
            pseudonym_prefix: string;
            reidentifiers: string[];
            /** Format: uuid */
            team: string;
            used: boolean;
            version: number;
            versions: components["schemas"]["RulesVersion"][];
        };
        /** @description A run; its job tells state and progress. */
        DeidentificationRun: {
            counts: components["schemas"]["RunCounts"];
            /** Format: date-time */
            created_at: string;
            error_code: string;
            error_message: string;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            job: string | null;
            /** Format: uuid */
            profile: string;
            /** Format: double */
            progress: number;
            series_count: number;
            started_by: string;
            state: string;
            version: number;
        };
        /** @description A run with its report, one entry per study. */
        DeidentificationRunDetail: {
            counts: components["schemas"]["RunCounts"];
            /** Format: date-time */
            created_at: string;
            error_code: string;
            error_message: string;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            job: string | null;
            /** Format: uuid */
            profile: string;
            /** Format: double */
            progress: number;
            series_count: number;
            started_by: string;
            state: string;
            studies: components["schemas"]["StudyReport"][];
            version: number;
        };
        /** @description A derived object with all it says; the shape of `summary` depends on the kind (docs/api.md). */
        Derived: {
            findings: components["schemas"]["Finding"][];
            kind: components["schemas"]["SeriesKindEnum"];
            label: string;
            links: components["schemas"]["DerivedLink"][];
            series_uid: string;
            sop_instance_uid: string;
            summary: {
                [key: string]: unknown;
            };
            /** Format: double */
            volume_ml: number | null;
        };
        /** @description A derived object in a list of series; its volume is that of all segments or regions, null where unknown. */
        DerivedBrief: {
            findings: components["schemas"]["Finding"][];
            kind: components["schemas"]["SeriesKindEnum"];
            label: string;
            links: components["schemas"]["DerivedLink"][];
            series_uid: string;
            sop_instance_uid: string;
            /** Format: double */
            volume_ml: number | null;
        };
        /** @description A series that an object speaks of; `unlinked` when it is not here. `rois` are measured on that series. */
        DerivedLink: {
            how: components["schemas"]["HowEnum"];
            matched: number;
            referenced: number;
            rois: {
                [key: string]: unknown;
            }[];
            series_uid: string;
        };
        /** @description Whether the machine has the reading; else when the one that has it was last heard of. */
        Desk: {
            held: boolean;
            /** Format: date-time */
            other_at: string | null;
        };
        /** @enum {string} */
        DeskInActionEnum: "sit" | "take" | "leave";
        /** @description What a machine (browser) wants. */
        DeskInRequest: {
            action: components["schemas"]["DeskInActionEnum"];
            /** Format: uuid */
            machine: string;
        };
        /** @description An element that differs; null where a side lacks it. */
        Difference: {
            incoming: string | null;
            name: string;
            stored: string | null;
            tag: string;
        };
        /** @description Why it was given up. */
        DiscardRequest: {
            /** @default  */
            reason: string;
        };
        /** @description A draft as a reading shows it. */
        Draft: {
            /** Format: date-time */
            created_at: string;
            readonly decision: (components["schemas"]["DraftActionEnum"] | components["schemas"]["NullEnum"]) | null;
            /** Format: uuid */
            id: string;
            labels: components["schemas"]["DraftLabel"][];
            model_version: components["schemas"]["VersionName"];
            outcome: components["schemas"]["DraftOutcomeEnum"];
        };
        /** @enum {string} */
        DraftActionEnum: "accept" | "edit" | "reject";
        /** @description A label that a draft's model can draw. */
        DraftLabel: {
            /** @description #rrggbb */
            readonly colour: string;
            readonly name: string;
            readonly value: number;
        };
        /** @description What became of a draft in one reading. */
        DraftOutcome: {
            readonly decision: (components["schemas"]["DraftActionEnum"] | components["schemas"]["NullEnum"]) | null;
            outcome: components["schemas"]["DraftOutcomeEnum"];
            reader: components["schemas"]["ReaderName"];
            /** Format: uuid */
            reading: string;
        };
        /** @enum {string} */
        DraftOutcomeEnum: "pending" | "accepted" | "edited" | "rejected";
        /** @description Every error answer. */
        Error: {
            error: components["schemas"]["ErrorBody"];
        };
        /** @description The inside of every error answer. */
        ErrorBody: {
            code: string;
            fields: {
                [key: string]: unknown;
            };
            message: string;
        };
        /** @description A study that retention would delete. */
        Expired: {
            bytes: number;
            description: string;
            instances: number;
            /** Format: date-time */
            last_arrival: string;
            series: number;
            study_uid: string;
        };
        /** @description What became of one file. */
        FileOutcome: {
            detail: string;
            findings: components["schemas"]["Finding"][];
            outcome: components["schemas"]["OutcomeEnum"];
            path: string;
            reason: (components["schemas"]["SetAsideReasonEnum"] | components["schemas"]["NullEnum"]) | null;
            series_uid: string;
            sop_instance_uid: string;
            study_uid: string;
        };
        /** @description What became of an uploaded file, or of every file in an uploaded zip. */
        FileOutcomes: {
            files: components["schemas"]["FileOutcome"][];
        };
        /** @description Something odd about a file or series: a code, the sentence for it, and the case at hand. */
        Finding: {
            code: string;
            detail: string;
        };
        /** @description The case form and the per-lesion form. */
        Form: {
            /** @description Asked of each finding */
            lesion?: components["schemas"]["Question"][];
            questions?: components["schemas"]["Question"][];
        };
        /** @description The case form and the per-lesion form. */
        FormRequest: {
            /** @description Asked of each finding */
            lesion?: components["schemas"]["QuestionRequest"][];
            questions?: components["schemas"]["QuestionRequest"][];
        };
        /** @description The labels of one frame: base64 of zlib of uint8, row-major; "" for a frame without labels. */
        Frame: {
            columns: number;
            /** @description Return base64. */
            readonly data: string;
            frame_number: number;
            layer: number;
            number: number;
            rows: number;
            sop_instance_uid: string;
        };
        /** @description The new labels of one whole frame. */
        FrameInRequest: {
            columns: number;
            data: string;
            /** @default 1 */
            frame_number: number;
            /** @default 0 */
            layer: number;
            rows: number;
            sop_instance_uid: string;
        };
        /** @description Which frame: an instance and a number counted from 1. */
        FrameReference: {
            frame_number: number;
            sop_instance_uid: string;
        };
        /** @description Frames of a mark set, and its head. */
        Frames: {
            frames: components["schemas"]["Frame"][];
            head: number;
        };
        /** @description A regular grid: the affine maps index (k, j, i, 1) to LPS millimetres. */
        Geometry: {
            affine_lps: number[][];
            shape_kji: number[];
        };
        /** @description What one reading answers; null: nothing, or it was not asked. */
        GivenAnswer: {
            /** Format: uuid */
            reading: string;
            value: unknown;
        };
        /** @description One's own rules are asked before the project's. */
        Hanging: {
            own: components["schemas"]["HangingRule"][];
            project: components["schemas"]["HangingRule"][];
        };
        /** @description A condition on the case, and the layout that follows. What is empty fits every case. */
        HangingRule: {
            /** @default  */
            body_part: string;
            /** @default  */
            description: string;
            layout: components["schemas"]["LayoutEnum"];
            /** @default  */
            modality: string;
            name: string;
            /** @default 0 */
            priors: number;
            slots?: components["schemas"]["SlotRule"][];
        };
        /** @description A condition on the case, and the layout that follows. What is empty fits every case. */
        HangingRuleRequest: {
            /** @default  */
            body_part: string;
            /** @default  */
            description: string;
            layout: components["schemas"]["LayoutEnum"];
            /** @default  */
            modality: string;
            name: string;
            /** @default 0 */
            priors: number;
            slots?: components["schemas"]["SlotRuleRequest"][];
        };
        /** @description All rules of a list, in the order in which they are asked. */
        HangingRulesRequest: {
            rules: components["schemas"]["HangingRuleRequest"][];
        };
        /** @description Why something must stay as it is. */
        Held: {
            count: number;
            uid: string;
            what: string;
        };
        /** @description An instance held for review; `regions` are those suggested for blanking. */
        HeldInstance: {
            columns: number;
            /** Format: date-time */
            created_at: string;
            frame_count: number;
            /** Format: uuid */
            id: string;
            modality: string;
            /** @description Address of the picture; blank once settled */
            picture: string;
            /** Format: uuid */
            profile: string;
            pseudonym: string;
            reason: string;
            reasons: components["schemas"]["Reason"][];
            regions: components["schemas"]["Region"][];
            rows: number;
            /** Format: uuid */
            run: string | null;
            series_uid: string;
            /** Format: date-time */
            settled_at: string | null;
            settled_by: string;
            sop_instance_uid: string;
            state: components["schemas"]["HeldStateEnum"];
            study_uid: string;
        };
        /** @description Held instances, oldest first; `next` is the `after` of the following page, `count` that of all. */
        HeldPage: {
            count: number;
            /** Format: uuid */
            next: string | null;
            results: components["schemas"]["HeldInstance"][];
        };
        /** @enum {string} */
        HeldReasonEnum: "declared" | "modality" | "sop_class" | "outside_regions" | "dose_report" | "overlay_in_pixels" | "hidden_text" | "face" | "unreadable_pixels";
        /** @enum {string} */
        HeldStateEnum: "held" | "released" | "blanked" | "discarded";
        /** @enum {string} */
        HowEnum: "by_reference" | "by_geometry" | "unlinked";
        /** @description What the original's header said of the person. */
        Identity: {
            birth_date: string;
            issuer: string;
            patient_id: string;
            patient_name: string;
            sex: string;
        };
        /** @description An import; `studies` are the UIDs it brought or met again. */
        Import: {
            readonly accepted: number;
            /** Format: date-time */
            readonly closed_at: string | null;
            /** Format: date-time */
            readonly created_at: string;
            readonly duplicates: number;
            /** Format: uuid */
            readonly id: string;
            /** @description What the person calls it */
            readonly name: string;
            readonly series_to_index: number;
            readonly set_aside: number;
            /** @description browser, stow-rs, or the path given to import_dicom */
            readonly source: string;
            readonly state: components["schemas"]["ImportStateEnum"];
            readonly studies: string[];
            readonly with_findings: number;
        };
        /** @description What became of one file of an import, as it is kept. */
        ImportedFile: {
            detail: string;
            findings: components["schemas"]["Finding"][];
            id: number;
            outcome: components["schemas"]["OutcomeEnum"];
            path: string;
            readonly reason: (components["schemas"]["SetAsideReasonEnum"] | components["schemas"]["NullEnum"]) | null;
            /** Format: uuid */
            set_aside_id: string | null;
            size_bytes: number;
            /** @description Return the study that it is in; empty when it is in none. */
            readonly study_uid: string;
        };
        /** @description Files in the order of their coming; `next` is the `after` of the following page. */
        ImportedFilePage: {
            next: number | null;
            results: components["schemas"]["ImportedFile"][];
        };
        /** @enum {string} */
        ImportStateEnum: "open" | "closed";
        /** @description The JSON of a job; `job.changed` events carry the same. */
        Job: {
            attempts: number;
            cancel_requested: boolean;
            /** Format: date-time */
            created_at: string;
            error_code: string;
            error_message: string;
            /** Format: date-time */
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            kind: string;
            max_attempts: number;
            message: string;
            /** Format: double */
            progress: number;
            queue: components["schemas"]["QueueEnum"];
            result: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            started_at: string | null;
            state: components["schemas"]["JobStateEnum"];
            subject: string;
            /** Format: uuid */
            team: string | null;
        };
        /** @description One line a job said. */
        JobLog: {
            /** Format: date-time */
            readonly at: string;
            readonly text: string;
        };
        /** @enum {string} */
        JobStateEnum: "queued" | "running" | "succeeded" | "failed" | "cancelled";
        /** @description The paths of those files that need not be sent again. */
        KnownFiles: {
            known: string[];
        };
        /** @description One label of a protocol. */
        Label: {
            category_code: string;
            category_meaning: string;
            category_scheme: string;
            colour: string;
            /** @description Labels of different layers may overlap */
            layer: number;
            name: string;
            type_code: string;
            type_meaning: string;
            type_scheme: string;
            value: number;
        };
        /** @description How far two readings agree on one label; null where it is not defined, `reason` says why. */
        LabelAgreement: {
            /** Format: double */
            assd_mm: number | null;
            /** Format: double */
            dice: number | null;
            /** Format: double */
            hd95_mm: number | null;
            reason: string;
            value: number;
            /** Format: double */
            volume_a_ml: number | null;
            /** Format: double */
            volume_b_ml: number | null;
            /** Format: double */
            volume_difference_ml: number | null;
        };
        /** @description One label as a manager wants it; what is left out is filled in. */
        LabelDraftRequest: {
            category_code?: string;
            category_meaning?: string;
            category_scheme?: string;
            colour?: string;
            layer?: number | null;
            name: string;
            type_code?: string;
            type_meaning?: string;
            type_scheme?: string;
            value?: number | null;
        };
        /** @enum {string} */
        LabelSourceEnum: "consensus" | "reader";
        /** @enum {string} */
        LayoutEnum: "stack" | "sideBySide" | "priors" | "four" | "mpr" | "mprRow" | "mpr3d" | "volume" | "fusion";
        /** @description All of a project's learning (`selectors.setup.LearningState`). */
        Learning: {
            champion: components["schemas"]["ModelVersion"] | null;
            /** Format: double */
            held_out_share: number;
            history: components["schemas"]["ChampionChange"][];
            new_since_last: number;
            readiness: components["schemas"]["Readiness"];
            runs: components["schemas"]["TrainingRun"][];
            seed: number;
            settings: {
                [key: string]: unknown;
            };
            trigger_after: number | null;
        };
        /** @description What loading a segment comes to, in voxels; `removed`, `taken` and `kept` say what it does to marks there. */
        LoadCounts: {
            frames: number;
            kept: number;
            placed: number;
            removed: number;
            taken: number;
        };
        /** @description What is durable now. */
        Loaded: {
            head: number;
            number: number;
            plan: components["schemas"]["LoadPlan"];
        };
        /** @description A measurement of the file; `reason` says why it stays out, empty: it comes in. */
        LoadMeasurement: {
            /** Format: uuid */
            key: string;
            /** @description Return the label's name as the file has it. */
            readonly label: string;
            present: boolean;
            reason: string;
            /** @description Return the type, empty where it is unknown. */
            readonly type: string;
            /** @description Return the unit. */
            readonly unit: string;
            /**
             * Format: double
             * @description Return the value.
             */
            readonly value: number | null;
        };
        /** @description Images that the file lies on, and on how many. */
        LoadOffer: {
            planes: number;
            series_uid: string;
            volume_index: number | null;
        };
        /** @description What loading a file comes to. */
        LoadPlan: {
            /** @description Its pixels hold shares: `share` matters */
            fractional: boolean;
            /** @description Return how many frames change. */
            readonly frames_changed: number;
            kind: components["schemas"]["LoadPlanKindEnum"];
            measurements: components["schemas"]["LoadMeasurement"][];
            /** @description Return how many measurements change. */
            readonly measurements_changed: number;
            offers: components["schemas"]["LoadOffer"][];
            segments: components["schemas"]["LoadSegment"][];
            target: components["schemas"]["LoadTarget"] | null;
            title: string;
            /** @description Centre and width */
            window: number[] | null;
        };
        /** @enum {string} */
        LoadPlanKindEnum: "seg" | "rtstruct" | "labelmap" | "sr" | "pr";
        /** @description The same, to be written on a revision. */
        LoadRequest: {
            base_revision: number;
            /** @default {} */
            choices: string;
            /** Format: uuid */
            client_id: string;
            derived?: string;
            /** Format: binary */
            file?: string;
        };
        /** @description A segment of the file, where it goes and how that was found. */
        LoadSegment: {
            code: components["schemas"]["Code"] | null;
            counts: components["schemas"]["LoadCounts"];
            label: number | null;
            matched_by: components["schemas"]["MatchedByEnum"] | components["schemas"]["BlankEnum"];
            mode: components["schemas"]["ModeEnum"];
            name: string;
            number: number;
            voxels: number | null;
        };
        /** @description A series of the case, or one of its volumes. */
        LoadTarget: {
            series_uid: string;
            volume_index?: number | null;
        };
        /** @description Which repair, of which files. */
        ManyRepairRequest: {
            action: components["schemas"]["RepairActionEnum"];
            ids?: string[];
            /** Format: uuid */
            import_id?: string;
        };
        /** @description Many files at once: either `ids`, or all that an import set aside. */
        ManySetAsideRequest: {
            ids?: string[];
            /** Format: uuid */
            import_id?: string;
        };
        /** @enum {string} */
        MatchedByEnum: "code" | "name" | "value";
        /** @description One measurement. */
        Measurement: {
            data: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            key: string;
        };
        /** @description How far two readings differ in one figure of one kind of measurement; null where nothing is compared. */
        MeasurementAgreement: {
            /** Format: double */
            absolute_difference: number | null;
            /** @description Measurements of the same place, one of each reading */
            compared: number;
            /**
             * Format: double
             * @description Mean of b − a
             */
            difference: number | null;
            /** Format: double */
            greatest_difference: number | null;
            label: unknown;
            /** Format: double */
            mean_a: number | null;
            /** Format: double */
            mean_b: number | null;
            /** @description "value": its own figure; else one of its `values` */
            name: string;
            /** @description Without a partner in the other reading */
            only_a: number;
            only_b: number;
            scale: string;
            type: string;
            unit: string;
        };
        /** @description The new content of one measurement; null deletes it. */
        MeasurementInRequest: {
            data: {
                [key: string]: unknown;
            } | null;
            /** Format: uuid */
            key: string;
        };
        /** @description A person of the project with their roles. */
        Member: {
            roles: components["schemas"]["RolesEnum"][];
            user: components["schemas"]["Person"];
        };
        /** @description Exactly these roles; none removes the person. */
        MemberRolesRequest: {
            roles: components["schemas"]["RolesEnum"][];
            /** Format: uuid */
            user: string;
        };
        /** @description A case that is not in the release, or not in some of its formats. */
        Missing: {
            /** Format: uuid */
            case: string;
            formats: components["schemas"]["ReleaseFormatEnum"][];
            message: string;
            number: number;
            reason: components["schemas"]["MissingReasonEnum"];
        };
        /** @enum {string} */
        MissingReasonEnum: "no_consensus" | "consensus_outdated" | "not_assigned" | "not_submitted" | "not_readable" | "labels_changed" | "images_withheld" | "blinded" | "no_volume" | "several_volumes" | "off_volume";
        /** @enum {string} */
        ModalityEnum: "CT" | "MR" | "PT" | "US" | "OT";
        /** @enum {string} */
        ModeEnum: "replace" | "merge";
        /** @description A model with its versions, newest first. */
        Model: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            /** Format: uuid */
            readonly project: string | null;
            readonly versions: components["schemas"]["ModelVersion"][];
        };
        /** @description A model version. `trusted`: an administrator has allowed all of `untrusted_targets`. */
        ModelVersion: {
            readonly bundle_sha256: string;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: uuid */
            readonly id: string;
            /** @description label value (text) → name */
            labels: {
                [key: string]: string;
            };
            readonly may_run: boolean;
            readonly metadata: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            readonly model: string;
            readonly model_name: string;
            readonly number: number;
            readonly size_bytes: number;
            readonly source: components["schemas"]["SourceEnum"];
            /** @description Return whether trust was given (and needed). */
            readonly trusted: boolean;
            trusted_targets: string[];
            untrusted_targets: string[];
            readonly weights_sha256: string;
        };
        /** @description Which studies become cases: `study_uids`, or `all_studies`. */
        NewCasesRequest: {
            /** @default false */
            all_studies: boolean;
            study_uids?: string[];
        };
        /** @description What opens an import. */
        NewImportRequest: {
            /** @default  */
            name: string;
            /** @default browser */
            source: string;
        };
        /** @description What makes a profile. */
        NewProfileRequest: {
            name: string;
            options?: components["schemas"]["DeidentificationOptionEnum"][];
            private_tags?: components["schemas"]["PrivateTagRequest"][];
            /** @default  */
            pseudonym_prefix: string;
            /** Format: uuid */
            team: string;
        };
        /** @description What a new project needs. */
        NewProjectRequest: {
            /** @default  */
            description: string;
            name: string;
        };
        /** @description Which series to de-identify: by series, by study, or both. */
        NewRunRequest: {
            series_uids?: string[];
            study_uids?: string[];
        };
        /** @description What to read next. */
        NextReading: {
            /** Format: uuid */
            reading: string;
        };
        /** @description Of one project, or of all. */
        NextRequestRequest: {
            /** Format: uuid */
            project?: string | null;
        };
        /** @description A machine that may send images by DICOM. */
        Node: {
            ae_title: string;
            /** Format: date-time */
            readonly created_at: string;
            description?: string;
            enabled?: boolean;
            host?: string;
            /** Format: uuid */
            readonly id: string;
            /** Format: uuid */
            team?: string | null;
            /** Format: uuid */
            user?: string | null;
        };
        /** @description A machine that may send images by DICOM. */
        NodeRequest: {
            ae_title: string;
            description?: string;
            enabled?: boolean;
            host?: string;
            /** Format: uuid */
            team?: string | null;
            /** Format: uuid */
            user?: string | null;
        };
        /** @description Why a reader could not read a case. */
        NotReadable: {
            reason: components["schemas"]["NotReadableReasonEnum"];
            text: string;
        };
        /** @enum {string} */
        NotReadableReasonEnum: "motion" | "artefact" | "incomplete" | "wrong_images" | "contrast" | "other";
        /** @enum {unknown} */
        NullEnum: null;
        /** @description A file that a browser could send. */
        OfferedFileRequest: {
            path: string;
            size_bytes: number;
        };
        /** @description Files that a browser could send. */
        OfferedFilesRequest: {
            files: components["schemas"]["OfferedFileRequest"][];
        };
        /** @description A password that is shown once. */
        OneTimePassword: {
            password: string;
        };
        /** @description A made UID and the original's. */
        OriginalUid: {
            original: string;
            uid: string;
        };
        /** @enum {string} */
        OutcomeEnum: "accepted" | "duplicate" | "set_aside";
        /** @description Two readings compared. */
        PairAgreement: {
            /** Format: uuid */
            a: string;
            /** Format: uuid */
            b: string;
            per_label: components["schemas"]["LabelAgreement"][];
            per_measurement?: components["schemas"]["MeasurementAgreement"][];
        };
        /** @description A change of one's own password. */
        PasswordRequest: {
            new: string;
            old: string;
        };
        /** @description What to change of the set-up. */
        PatchedLearningChangeRequest: {
            /** Format: double */
            held_out_share?: number;
            seed?: number;
            settings?: {
                [key: string]: unknown;
            };
            trigger_after?: number | null;
        };
        /** @description A machine that may send images by DICOM. */
        PatchedNodeRequest: {
            ae_title?: string;
            description?: string;
            enabled?: boolean;
            host?: string;
            /** Format: uuid */
            team?: string | null;
            /** Format: uuid */
            user?: string | null;
        };
        /** @description What of a profile can be changed; only an administrator names who may re-identify. */
        PatchedProfileChangeRequest: {
            name?: string;
            options?: components["schemas"]["DeidentificationOptionEnum"][];
            private_tags?: components["schemas"]["PrivateTagRequest"][];
            reidentifiers?: string[];
        };
        /** @description What people change about themselves. */
        PatchedProfileRequest: {
            display_name?: string;
            hotkeys?: {
                [key: string]: string[];
            };
            language?: string;
            overlay?: {
                [key: string]: boolean;
            };
        };
        /** @description What of a project can be changed. */
        PatchedProjectChangeRequest: {
            /**
             * Format: uuid
             * @description Accept only series that this profile made; null: any
             */
            deidentification_profile?: string | null;
            description?: string;
            name?: string;
        };
        /** @description Rules of storage; null is no limit. */
        PatchedStorageRulesRequest: {
            apply_retention?: boolean;
            /** Format: int64 */
            quota_bytes?: number | null;
            retention_days?: number | null;
            set_aside_days?: number | null;
            warn_percent?: number;
        };
        /** @description A change of an account. */
        PatchedUserChangeRequest: {
            display_name?: string;
            is_active?: boolean;
            is_administrator?: boolean;
        };
        /** @description A person, as colleagues see them. */
        Person: {
            /** @description Return the name, or the user name where there is none. */
            readonly display_name: string;
            /** Format: uuid */
            id: string;
        };
        PrelabelJobs: {
            jobs: components["schemas"]["Job"][];
        };
        /** @description Which model drafts which cases. */
        PrelabelRequest: {
            /** @description left out: all cases without such a draft */
            cases?: string[] | null;
            /** @description bundle label value (text) → project label value; left out: labels of equal name */
            label_map?: {
                [key: string]: number;
            } | null;
            /** Format: uuid */
            model_version: string;
        };
        /** @description What a definition would come to now. */
        Preview: {
            cases: number;
            missing: components["schemas"]["Missing"][];
            patients: number;
            /** @description format → cases */
            per_format: {
                [key: string]: number;
            };
            per_split: components["schemas"]["SplitCounts"];
        };
        /** @description A file, or the SOP Instance UID of an object of the archive; `choices` is JSON text (LoadChoices). */
        PreviewLoadRequest: {
            /** @default {} */
            choices: string;
            derived?: string;
            /** Format: binary */
            file?: string;
        };
        /** @enum {string} */
        PreviousEnum: "keep";
        /** @description A series of an earlier study of the same patient: to be looked at, never marked. */
        Prior: {
            days_before: number;
            /**
             * Format: uuid
             * @description the asker's own reading of it in this project, when it holds marks
             */
            own_reading: string | null;
            series: components["schemas"]["ReadingSeries"];
        };
        /** @description A private attribute that may stay, by creator, group and last two digits of its element (hexadecimal). */
        PrivateTag: {
            creator: string;
            element: string;
            group: string;
        };
        /** @description A private attribute that may stay, by creator, group and last two digits of its element (hexadecimal). */
        PrivateTagRequest: {
            creator: string;
            element: string;
            group: string;
        };
        /** @description How far a project is. */
        Progress: {
            cases: number;
            per_reader: components["schemas"]["ReaderProgress"][];
            readings_by_state: {
                [key: string]: number;
            };
        };
        /** @description A project as the asker sees it. */
        Project: {
            counts: components["schemas"]["ProjectCounts"];
            /**
             * Format: uuid
             * @description Told to managers only
             */
            deidentification_profile: string | null;
            description: string;
            /** Format: uuid */
            id: string;
            name: string;
            protocol: components["schemas"]["Protocol"] | null;
            roles: components["schemas"]["RolesEnum"][];
            state: components["schemas"]["ProjectStateEnum"];
            /** Format: uuid */
            team: string;
        };
        /** @description Which project. */
        ProjectBrief: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description How much there is, as far as the asker may know. */
        ProjectCounts: {
            cases: number;
            readings: number;
            submitted: number;
        };
        /** @description A draft with its outcomes. `state` is that of its job; `ready` says that its marks are written. */
        ProjectDraft: {
            /** Format: date-time */
            created_at: string;
            /** @description Return the kind of failure of its job. */
            readonly error_code: string;
            /** @description Return why its job failed. */
            readonly error_message: string;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            job: string | null;
            model_version: components["schemas"]["VersionName"];
            provenance: {
                [key: string]: unknown;
            };
            readings: components["schemas"]["DraftOutcome"][];
            /** @description Return whether its marks are written. */
            readonly ready: boolean;
            readonly state: (components["schemas"]["JobStateEnum"] | components["schemas"]["NullEnum"]) | null;
        };
        /** @enum {string} */
        ProjectStateEnum: "draft" | "live" | "closed";
        /** @description The frames that hold the mask, in the label asked for; nothing of it is saved. */
        PromptAnswer: {
            /** Format: double */
            elapsed_ms: number;
            engine: string;
            frames: components["schemas"]["Frame"][];
            region: components["schemas"]["PromptRegion"];
            voxels: number;
        };
        /** @description The one frame to work on. */
        PromptFrameRequest: {
            /** @default 1 */
            frame_number: number;
            sop_instance_uid: string;
        };
        /** @description A click: [x, y, z] in LPS millimetres, or [column, row] when the request names a frame. */
        PromptPointRequest: {
            lps?: number[];
            pixel?: number[];
            /** @default true */
            positive: boolean;
        };
        /** @description Indices (k, j, i) of the part of the volume that was looked at: from the first to before the second. */
        PromptRegion: {
            start_kji: number[];
            stop_kji: number[];
        };
        /** @description Points, scribbles and a box on a volume, or on one frame of it. */
        PromptRequest: {
            box_lps?: number[][] | null;
            box_pixel?: number[][] | null;
            /** @default geodesic */
            engine: string;
            frame?: components["schemas"]["PromptFrameRequest"] | null;
            label: number;
            points?: components["schemas"]["PromptPointRequest"][];
            /** @description taken and not needed: every request holds all prompts */
            previous?: components["schemas"]["PreviousEnum"];
            scribbles?: components["schemas"]["PromptScribbleRequest"][];
            series_uid: string;
            /** @default 0 */
            volume_index: number;
        };
        /** @description A scribble: places joined by straight lines. */
        PromptScribbleRequest: {
            points_lps?: number[][];
            points_pixel?: number[][];
            /** @default true */
            positive: boolean;
        };
        /** @description A protocol version. */
        Protocol: {
            ai_drafts: boolean;
            blinded: boolean;
            consensus_rule: components["schemas"]["ConsensusRuleEnum"];
            form: components["schemas"]["Form"];
            labels: components["schemas"]["Label"][];
            readers_per_case: number;
            version: number;
        };
        /** @description A protocol as a manager wants it. */
        ProtocolDraftRequest: {
            /** @default true */
            ai_drafts: boolean;
            /** @default true */
            blinded: boolean;
            /** @default majority */
            consensus_rule: components["schemas"]["ConsensusRuleEnum"];
            form?: components["schemas"]["FormRequest"];
            labels: components["schemas"]["LabelDraftRequest"][];
            /** @default 2 */
            readers_per_case: number;
        };
        /** @description One question of the case form. */
        Question: {
            choices?: string[];
            /** @default  */
            help: string;
            key: string;
            kind: components["schemas"]["QuestionKindEnum"];
            /** @description Of the per-lesion form: asked of findings with one of these labels; none: of every finding */
            labels?: number[];
            /** Format: double */
            maximum?: number | null;
            /** Format: double */
            minimum?: number | null;
            /** @default false */
            required: boolean;
            scale?: components["schemas"]["ScaleStep"][];
            shown_if?: components["schemas"]["Condition"] | null;
            text: string;
            /** @default  */
            unit: string;
        };
        /** @enum {string} */
        QuestionKindEnum: "choice" | "several" | "score" | "number" | "text" | "yes_no";
        /** @description One question of the case form. */
        QuestionRequest: {
            choices?: string[];
            /** @default  */
            help: string;
            key: string;
            kind: components["schemas"]["QuestionKindEnum"];
            /** @description Of the per-lesion form: asked of findings with one of these labels; none: of every finding */
            labels?: number[];
            /** Format: double */
            maximum?: number | null;
            /** Format: double */
            minimum?: number | null;
            /** @default false */
            required: boolean;
            scale?: components["schemas"]["ScaleStepRequest"][];
            shown_if?: components["schemas"]["ConditionRequest"] | null;
            text: string;
            /** @default  */
            unit: string;
        };
        /** @enum {string} */
        QueueEnum: "interactive" | "gpu" | "cpu" | "io";
        /** @description A reader by name. */
        ReaderName: {
            display_name: string;
            /** Format: uuid */
            id: string;
        };
        /** @description How far one reader is. */
        ReaderProgress: {
            assigned: number;
            /** Format: double */
            median_minutes: number | null;
            reader: components["schemas"]["Person"];
            submitted: number;
        };
        /** @description One finding of one reading. */
        ReadFinding: {
            answers: {
                [key: string]: unknown;
            };
            label: number | null;
            name: string;
            /** Format: uuid */
            reading: string;
        };
        /** @description Consensus cases on both sides of the split; `reason` says what is missing, null when training can start. */
        Readiness: {
            held_out: number;
            reason: string | null;
            train: number;
        };
        /** @description Everything a reading room needs to begin. */
        Reading: {
            readonly answers: {
                [key: string]: unknown;
            };
            case: components["schemas"]["CaseBrief"];
            head: number;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            mark_set: string;
            may_edit: boolean;
            readonly measurements: components["schemas"]["Measurement"][];
            priors: components["schemas"]["Prior"][];
            project: components["schemas"]["ProjectBrief"];
            protocol: components["schemas"]["Protocol"];
            return_reason: string;
            series: components["schemas"]["ReadingSeries"][];
            state: components["schemas"]["ReadingStateEnum"];
            /** Format: date-time */
            submitted_at: string | null;
        };
        /** @description A series to read. */
        ReadingSeries: {
            body_part: string;
            description: string;
            frame_count: number;
            frame_of_reference_uid: string;
            modality: string;
            series_uid: string;
            study_uid: string;
            volumes: components["schemas"]["ReadingVolume"][];
        };
        /** @description How a reading stands. */
        ReadingState: {
            head: number;
            /** Format: uuid */
            id: string;
            return_reason: string;
            state: components["schemas"]["ReadingStateEnum"];
            /** Format: date-time */
            submitted_at: string | null;
        };
        /** @enum {string} */
        ReadingStateEnum: "assigned" | "open" | "submitted" | "returned";
        /** @description A volume of a series, or the reasons why its frames form none. */
        ReadingVolume: {
            geometry: components["schemas"]["VolumeGeometry"] | null;
            index: number;
            reasons: string[];
        };
        /** @description Why it is held. */
        Reason: {
            code: components["schemas"]["HeldReasonEnum"];
            detail: string;
        };
        /** @enum {string} */
        ReasonsEnum: "uneven_spacing" | "missing_slices" | "tilted" | "mixed_orientation" | "no_geometry" | "colour" | "single_frame" | "mixed_size" | "duplicate_positions" | "one_place";
        /** @description A rectangle in pixels; (0, 0) is the upper left corner. */
        Region: {
            height: number;
            width: number;
            x: number;
            y: number;
        };
        /** @description A rectangle in pixels; (0, 0) is the upper left corner. */
        RegionRequest: {
            height: number;
            width: number;
            x: number;
            y: number;
        };
        /** @description Who it is. */
        Reidentified: {
            patient: components["schemas"]["Identity"];
            pseudonym: string;
            uids: components["schemas"]["OriginalUid"][];
        };
        /** @description A pseudonym, or the UID of a study, series or instance that was made. */
        ReidentifyQueryRequest: {
            pseudonym?: string;
            uid?: string;
        };
        /** @description A release. */
        Release: {
            readonly archives: components["schemas"]["Archive"][];
            /** @description Return the number of cases. */
            readonly cases: number;
            /** Format: date-time */
            readonly created_at: string;
            created_by: components["schemas"]["ReleaseAuthor"] | null;
            definition: components["schemas"]["ReleaseDefinition"];
            /** Format: uuid */
            readonly id: string;
            job: components["schemas"]["ReleaseJob"] | null;
            missing: components["schemas"]["Missing"][];
            name: string;
            /** Format: int64 */
            number: number;
            /** @description Return the number of patients. */
            readonly patients: number;
            readonly per_split: components["schemas"]["SplitCounts"];
            /** Format: uuid */
            project: string;
            protocol_version: number;
            readonly state: components["schemas"]["ReleaseStateEnum"];
        };
        /** @description Who made a release. */
        ReleaseAuthor: {
            display_name: string;
            /** Format: uuid */
            id: string;
        };
        /** @description The definition as it was frozen. */
        ReleaseDefinition: {
            formats: components["schemas"]["ReleaseFormatEnum"][];
            label_source: components["schemas"]["LabelSourceEnum"];
            /** Format: uuid */
            reader_id: string | null;
            seed: number;
            shares: components["schemas"]["Shares"];
        };
        /** @enum {string} */
        ReleaseFormatEnum: "nnunet" | "dicom_seg";
        /** @description How the freezing goes; the job's own address tells more. */
        ReleaseJob: {
            error_code: string;
            error_message: string;
            /** Format: uuid */
            id: string;
            message: string;
            /** Format: double */
            progress: number;
            state: string;
        };
        /** @description Why it may go as it is. */
        ReleaseRequest: {
            reason: string;
        };
        /** @enum {string} */
        ReleaseStateEnum: "freezing" | "frozen" | "failed";
        /** @enum {string} */
        RepairActionEnum: "give_uids";
        /** @description A series that a repair would make, or add to where it is `stored` already; `files` would be taken in. */
        RepairedSeries: {
            description: string;
            duplicates: number;
            files: number;
            folders: string[];
            modality: string;
            patient: string;
            series_uid: string;
            size_bytes: number;
            stored: boolean;
            study_uid: string;
        };
        /** @description A file that the repair would leave set aside, and why. */
        RepairLeft: {
            detail: string;
            path: string;
            reason: components["schemas"]["SetAsideReasonEnum"];
        };
        /** @description What a repair would make; `fits` is false where the quota leaves no room for it. */
        RepairPreview: {
            fits: boolean;
            left: components["schemas"]["RepairLeft"][];
            series: components["schemas"]["RepairedSeries"][];
        };
        /** @description Which repair. */
        RepairRequest: {
            action: components["schemas"]["RepairActionEnum"];
        };
        /** @description Back to the state at `number`. */
        RestoreRequest: {
            base_revision: number;
            /** Format: uuid */
            client_id: string;
            number: number;
        };
        /** @description The job that computes a result; see /api/jobs for all of it. */
        ResultJob: {
            /** Format: uuid */
            id: string;
            kind: string;
            /** Format: double */
            progress: number;
            state: components["schemas"]["JobStateEnum"];
            subject: string;
        };
        /** @description Why a reading is sent back. */
        ReturnRequest: {
            reason: string;
        };
        /** @description One step of the history. */
        Revision: {
            answer_count: number;
            author: components["schemas"]["Person"] | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            drawn_at: string | null;
            frame_count: number;
            kind: components["schemas"]["RevisionKindEnum"];
            measurement_count: number;
            model_version: string;
            number: number;
            tool: string;
        };
        /** @description One change of marks. */
        RevisionInRequest: {
            answers?: components["schemas"]["AnswerInRequest"][];
            base_revision: number;
            /** Format: uuid */
            client_id: string;
            /** Format: date-time */
            drawn_at?: string | null;
            frames?: components["schemas"]["FrameInRequest"][];
            measurements?: components["schemas"]["MeasurementInRequest"][];
            /** @default  */
            tool: string;
        };
        /** @enum {string} */
        RevisionKindEnum: "edit" | "take_draft" | "restore" | "run" | "consensus";
        /** @description Measurements and answers as of one revision; its frames are asked for with `at`. */
        RevisionState: {
            answers: {
                [key: string]: unknown;
            };
            measurements: components["schemas"]["Measurement"][];
            number: number;
        };
        /** @enum {string} */
        RolesEnum: "manager" | "reader" | "adjudicator" | "engineer" | "researcher";
        /** @description Why one goes back. */
        RollbackRequest: {
            /** @default  */
            reason: string;
        };
        /** @description One version of a profile's rules. */
        RulesVersion: {
            /** Format: date-time */
            created_at: string;
            number: number;
            options: components["schemas"]["DeidentificationOptionEnum"][];
            private_tags: components["schemas"]["PrivateTag"][];
        };
        /** @description Instances by what became of them; `present`: made by an earlier run already. */
        RunCounts: {
            /** @default 0 */
            held: number;
            /** @default 0 */
            made: number;
            /** @default 0 */
            present: number;
            /** @default 0 */
            refused: number;
        };
        /** @description Runs, newest first; `next` is the `after` of the following page. */
        RunPage: {
            /** Format: uuid */
            next: string | null;
            results: components["schemas"]["DeidentificationRun"][];
        };
        /** @description What is durable now. */
        Saved: {
            head: number;
            number: number;
        };
        /** @description One step of a score scale; the steps stand in order. */
        ScaleStep: {
            /** @default  */
            caption: string;
            value: string;
        };
        /** @description One step of a score scale; the steps stand in order. */
        ScaleStepRequest: {
            /** @default  */
            caption: string;
            value: string;
        };
        /** @description Dice on the held-out cases; keys of `per_label` are classes (text), see `label_names`. */
        Score: {
            /** Format: double */
            mean: number | null;
            per_case: components["schemas"]["CaseScore"][];
            per_label: {
                [key: string]: number | null;
            };
            /** Format: uuid */
            version: string;
        };
        /** @description Both sides of a contest; empty while it is not over. */
        Scores: {
            challenger?: components["schemas"]["Score"] | null;
            champion?: components["schemas"]["Score"] | null;
        };
        /** @description A series of a study. */
        Series: {
            derived: components["schemas"]["DerivedBrief"][];
            description: string;
            findings: components["schemas"]["Finding"][];
            frame_count: number;
            instance_count: number;
            kind: components["schemas"]["SeriesKindEnum"];
            modality: string;
            number: number | null;
            overview: string;
            series_uid: string;
            thumbnail: string;
            volumes: components["schemas"]["VolumeSummary"][];
        };
        /** @enum {string} */
        SeriesKindEnum: "image" | "segmentation" | "report" | "structures" | "presentation" | "parametric" | "other";
        /** @description Who is signed in and as what. */
        Session: {
            roles: {
                [key: string]: ("manager" | "reader" | "adjudicator" | "engineer" | "researcher")[];
            };
            user: components["schemas"]["SessionUser"] | null;
            version: string;
        };
        /** @description The signed-in user. */
        SessionUser: {
            readonly display_name: string;
            readonly hotkeys: {
                [key: string]: string[];
            };
            /** Format: uuid */
            readonly id: string;
            readonly is_administrator: boolean;
            readonly language: string;
            readonly overlay: {
                [key: string]: boolean;
            };
            /** @description Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
            readonly username: string;
        };
        /** @description A file that could not be taken in, and what can be done about it. */
        SetAside: {
            /** Format: uuid */
            readonly batch: string;
            /** @description It is a conflict for a person to settle */
            readonly can_settle: boolean;
            /** Format: date-time */
            readonly created_at: string;
            readonly detail: string;
            /** Format: uuid */
            readonly id: string;
            readonly path: string;
            readonly reason: components["schemas"]["SetAsideReasonEnum"];
            /** @description What may help */
            readonly repairs: components["schemas"]["RepairActionEnum"][];
            readonly sha256: string;
            readonly size_bytes: number;
        };
        /** @enum {string} */
        SetAsideReasonEnum: "not_dicom" | "truncated" | "unreadable" | "missing_uid" | "no_pixels" | "unsupported" | "conflict" | "series_taken" | "other_study" | "superseded" | "damaged" | "directory" | "unsafe_archive";
        /** @enum {string} */
        SettleChoiceEnum: "keep_stored" | "replace" | "keep_both";
        /** @description What was decided. */
        SettleRequest: {
            choice: components["schemas"]["SettleChoiceEnum"];
        };
        /** @description Wanted shares of the patients; they add up to 1. */
        Shares: {
            /** Format: double */
            test: number;
            /** Format: double */
            train: number;
            /** Format: double */
            val: number;
        };
        /** @description Wanted shares of the patients; they add up to 1. */
        SharesRequest: {
            /** Format: double */
            test: number;
            /** Format: double */
            train: number;
            /** Format: double */
            val: number;
        };
        /** @description A user name and its password. */
        SignInRequest: {
            password: string;
            username: string;
        };
        /** @description A study that did not become a case. */
        SkippedStudy: {
            reason: components["schemas"]["SkippedStudyReasonEnum"];
            study_uid: string;
        };
        /** @enum {string} */
        SkippedStudyReasonEnum: "present" | "no_images" | "not_visible" | "not_deidentified";
        /** @enum {string} */
        SlotEnum: "main" | "second" | "third" | "fourth" | "prior";
        /** @description Which series goes into a slot. */
        SlotRule: {
            /** @default  */
            description: string;
            /** @default  */
            modality: string;
            slot: components["schemas"]["SlotEnum"];
        };
        /** @description Which series goes into a slot. */
        SlotRuleRequest: {
            /** @default  */
            description: string;
            /** @default  */
            modality: string;
            slot: components["schemas"]["SlotEnum"];
        };
        /** @enum {string} */
        SourceEnum: "uploaded" | "trained" | "shipped";
        /** @description How much is in one split. */
        SplitCount: {
            cases: number;
            patients: number;
        };
        /** @description How much is in each split. */
        SplitCounts: {
            test: components["schemas"]["SplitCount"];
            train: components["schemas"]["SplitCount"];
            val: components["schemas"]["SplitCount"];
        };
        /** @enum {string} */
        StartedByEnum: "hand" | "trigger";
        /** @description What the archive holds, and its rules. `state`: ok, warn (above `warn_percent` of the quota) or full. */
        Storage: {
            apply_retention: boolean;
            disk_free_bytes: number | null;
            held_bytes: number;
            images_bytes: number;
            instances: number;
            /** Format: int64 */
            quota_bytes: number | null;
            retention_days: number | null;
            series: number;
            set_aside_bytes: number;
            set_aside_days: number | null;
            state: components["schemas"]["StorageStateEnum"];
            studies: number;
            warn_percent: number;
        };
        /** @enum {string} */
        StorageStateEnum: "ok" | "warn" | "full";
        /** @description What a label can say that it shows. */
        Structure: {
            category: components["schemas"]["Code"];
            type: components["schemas"]["Code"];
        };
        /** @description A study, counted over what the actor sees of it. */
        Study: {
            accession_number: string;
            /** Format: date-time */
            created_at: string;
            description: string;
            instance_count: number;
            modalities: string[];
            patient_birth_date: string;
            patient_id: string;
            patient_name: string;
            patient_sex: string;
            series_count: number;
            study_date: string;
            study_time: string;
            study_uid: string;
        };
        /** @description A study with its series. */
        StudyDetail: {
            accession_number: string;
            /** Format: date-time */
            created_at: string;
            description: string;
            instance_count: number;
            modalities: string[];
            patient_birth_date: string;
            patient_id: string;
            patient_name: string;
            patient_sex: string;
            series: components["schemas"]["Series"][];
            series_count: number;
            study_date: string;
            study_time: string;
            study_uid: string;
        };
        /** @description A page of studies and how many there are in all. */
        StudyPage: {
            count: number;
            results: components["schemas"]["Study"][];
        };
        /** @description What became of one study; it holds no original value. */
        StudyReport: {
            changes: components["schemas"]["AttributeChange"][];
            held: components["schemas"]["Counted"][];
            instances: number;
            pseudonym: string;
            refused: components["schemas"]["Counted"][];
            series: string[];
            /** @description Of the study that was made */
            study_uid: string;
            warnings: components["schemas"]["Counted"][];
        };
        /** @description The revision that the reader saw when submitting. */
        SubmitRequest: {
            base_revision: number;
        };
        /** @description An API token, without its secret. */
        Token: {
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly expires_at: string;
            /** Format: uuid */
            readonly id: string;
            /** Format: date-time */
            readonly last_used_at: string | null;
            readonly name: string;
        };
        /** @description A new token with its secret, which is shown once. */
        TokenCreated: {
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly expires_at: string;
            /** Format: uuid */
            readonly id: string;
            /** Format: date-time */
            readonly last_used_at: string | null;
            readonly name: string;
            /** @description Return the secret, given as context. */
            readonly secret: string;
        };
        /** @description A wish for a token. */
        TokenCreateRequest: {
            /** @default 30 */
            days: number;
            name: string;
        };
        /** @description A training run. `state` is `failed` when its job failed or was cancelled. */
        TrainingRun: {
            base_version: components["schemas"]["ModelVersion"] | null;
            /** Format: date-time */
            readonly created_at: string;
            curve: components["schemas"]["CurvePoint"][];
            /** @description Return the kind of its failure. */
            readonly error_code: string;
            /** @description Return why it failed. */
            readonly error_message: string;
            /** Format: date-time */
            readonly finished_at: string | null;
            /** Format: uuid */
            readonly id: string;
            /** Format: uuid */
            readonly job: string | null;
            readonly job_state: (components["schemas"]["JobStateEnum"] | components["schemas"]["NullEnum"]) | null;
            readonly label_names: {
                [key: string]: string;
            };
            /** @description Return what it is doing. */
            readonly message: string;
            /**
             * Format: double
             * @description Return the share done.
             */
            readonly progress: number;
            /** Format: uuid */
            readonly project: string;
            result_version: components["schemas"]["ModelVersion"] | null;
            scores: components["schemas"]["Scores"];
            settings: {
                [key: string]: unknown;
            };
            split: {
                [key: string]: string[];
            };
            readonly started_by: components["schemas"]["StartedByEnum"];
            readonly state: components["schemas"]["TrainingStateEnum"];
        };
        /** @enum {string} */
        TrainingStateEnum: "waiting" | "training" | "won" | "lost" | "failed";
        /** @description Config targets to trust, as the version lists them. */
        TrustRequest: {
            targets: string[];
        };
        /** @description A reading that has no mask, because its reader could not read the case. */
        Unreadable: {
            /** Format: uuid */
            reading: string;
            reason: components["schemas"]["NotReadableReasonEnum"];
            text: string;
        };
        /** @description Files (or zips) of an import, each with its path as the person knows it: as many paths as files, or none. */
        UploadRequest: {
            file: string[];
            path?: string[];
        };
        /** @description A person. */
        User: {
            readonly display_name: string;
            /** Format: uuid */
            readonly id: string;
            /**
             * Active
             * @description Designates whether this user should be treated as active. Unselect this instead of deleting accounts.
             */
            readonly is_active: boolean;
            readonly is_administrator: boolean;
            /** Format: date-time */
            readonly last_login: string | null;
            /** @description Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
            readonly username: string;
        };
        /** @description A new account with its one-time password. */
        UserCreated: {
            readonly display_name: string;
            /** Format: uuid */
            readonly id: string;
            /**
             * Active
             * @description Designates whether this user should be treated as active. Unselect this instead of deleting accounts.
             */
            readonly is_active: boolean;
            readonly is_administrator: boolean;
            /** Format: date-time */
            readonly last_login: string | null;
            /** @description Return the password, given as context. */
            readonly password: string;
            /** @description Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
            readonly username: string;
        };
        /** @description A new account. */
        UserCreateRequest: {
            /** @default  */
            display_name: string;
            /** @default false */
            is_administrator: boolean;
            username: string;
        };
        /** @description A model version by name, as readers see it. */
        VersionName: {
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            readonly number: number;
        };
        /** @description A volume with its frames along the slice normal; without geometry the reasons say why. */
        Volume: {
            details: {
                [key: string]: unknown;
            };
            frames: components["schemas"]["FrameReference"][];
            geometry: components["schemas"]["Geometry"] | null;
            index: number;
            reasons: components["schemas"]["ReasonsEnum"][];
            /** Format: double */
            suv_factor: number | null;
            suv_factors: {
                [key: string]: number;
            };
            units: string;
        };
        /** @description A regular grid: index (k, j, i) → LPS millimetres. */
        VolumeGeometry: {
            affine_lps: number[][];
            shape_kji: number[];
        };
        /** @description A volume in a list; shape and spacing are null when the frames form no regular grid. */
        VolumeSummary: {
            index: number;
            label: string;
            reasons: components["schemas"]["ReasonsEnum"][];
            shape_kji: number[] | null;
            spacing_mm: number[] | null;
            units: string;
        };
        /** @description One reading of the worklist. */
        WorklistRow: {
            case_number: number;
            frame_count: number;
            modality: string;
            project: components["schemas"]["ProjectBrief"];
            /** Format: uuid */
            reading: string;
            return_reason: string;
            state: components["schemas"]["ReadingStateEnum"];
            study_description: string;
            /** Format: date-time */
            submitted_at: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    audit_list: {
        parameters: {
            query?: {
                /** @description only records with a smaller id */
                before?: number;
                limit?: number;
                /** @description `kind:id` */
                subject?: string;
                team?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRecord"][];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cases_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseDetail"];
                };
            };
        };
    };
    agreement_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResultJob"];
                };
            };
        };
    };
    consensus_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ConsensusRequestRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResultJob"];
                };
            };
        };
    };
    deidentification_held: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
                profile?: string;
                run?: string;
                state?: "held" | "released" | "blanked" | "discarded";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeldPage"];
                };
            };
        };
    };
    deidentification_held_blank: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                held_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BlankRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeldInstance"];
                };
            };
        };
    };
    deidentification_held_discard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                held_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DiscardRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeldInstance"];
                };
            };
        };
    };
    deidentification_held_picture: {
        parameters: {
            query?: {
                frame?: number;
            };
            header?: never;
            path: {
                held_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
        };
    };
    deidentification_held_release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                held_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReleaseRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeldInstance"];
                };
            };
        };
    };
    deidentification_profiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeidentificationProfile"][];
                };
            };
        };
    };
    deidentification_profile_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProfileRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeidentificationProfile"];
                };
            };
        };
    };
    deidentification_profile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profile_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeidentificationProfile"];
                };
            };
        };
    };
    deidentification_profile_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profile_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedProfileChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeidentificationProfile"];
                };
            };
        };
    };
    deidentification_reidentify: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profile_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReidentifyQueryRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reidentified"];
                };
            };
        };
    };
    deidentification_run_start: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                profile_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewRunRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeidentificationRun"];
                };
            };
        };
    };
    deidentification_runs: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
                profile?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
        };
    };
    deidentification_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deidentification_run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeidentificationRunDetail"];
                };
            };
        };
    };
    dicom_nodes_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"][];
                };
            };
        };
    };
    dicom_node_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NodeRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"];
                };
            };
        };
    };
    dicom_node_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                node_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No response body */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    dicom_node_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                node_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedNodeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Node"];
                };
            };
        };
    };
    draft_frames: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                draft_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Frames"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    imports_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"][];
                };
            };
        };
    };
    import_open: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewImportRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
        };
    };
    import_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
        };
    };
    import_close: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
        };
    };
    import_files: {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
                state?: "accepted" | "findings" | "duplicate" | "set_aside" | "";
            };
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedFilePage"];
                };
            };
        };
    };
    import_add_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UploadRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileOutcomes"];
                };
            };
        };
    };
    import_known: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OfferedFilesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnownFiles"];
                };
            };
        };
    };
    job_list: {
        parameters: {
            query?: {
                limit?: number;
                state?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                /** @description `kind:id` of what the job works on */
                subject?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"][];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    job_retrieve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    job_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    job_log: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobLog"][];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    job_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    mark_set_frames_get: {
        parameters: {
            query?: {
                at?: number;
                since?: number;
            };
            header?: never;
            path: {
                mark_set_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Frames"];
                };
            };
        };
    };
    model_version_retrieve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    model_version_bundle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    model_version_trust: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrustRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    model_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"][];
                };
            };
        };
    };
    model_register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["BundleUploadRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelVersion"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    model_retrieve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    projects_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"][];
                };
            };
        };
    };
    projects_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProjectRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    projects_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    projects_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedProjectChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    cases_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"][];
                };
            };
        };
    };
    cases_create: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewCasesRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedCases"];
                };
            };
        };
    };
    projects_close: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    project_drafts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseDrafts"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    projects_go_live: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    hanging_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hanging"];
                };
            };
        };
    };
    hanging_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HangingRulesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hanging"];
                };
            };
        };
    };
    hanging_set_own: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HangingRulesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hanging"];
                };
            };
        };
    };
    learning_retrieve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Learning"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    learning_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedLearningChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Learning"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    learning_choose_champion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChampionChoiceRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Learning"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    learning_rollback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RollbackRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Learning"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    learning_train: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingRun"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    members_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"][];
                };
            };
        };
    };
    members_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberRolesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"][];
                };
            };
        };
    };
    project_prelabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PrelabelRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrelabelJobs"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    progress_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Progress"];
                };
            };
        };
    };
    protocol_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Protocol"];
                };
            };
        };
    };
    protocol_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProtocolDraftRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Protocol"];
                };
            };
        };
    };
    releases_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Release"][];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    release_create: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DefinitionRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Release"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    release_preview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DefinitionRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readings_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reading"];
                };
            };
        };
    };
    reading_align: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlignRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alignment"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readings_desk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeskInRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Desk"];
                };
            };
        };
    };
    reading_drafts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Draft"][];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    draft_decide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                draft_id: string;
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DecideRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decided"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    reading_export: {
        parameters: {
            query?: {
                at?: number;
                window_centre?: number;
                window_width?: number;
            };
            header?: never;
            path: {
                form: "ko" | "nifti" | "pr" | "rtstruct" | "seg" | "seg-fractional" | "seg-labelmap" | "sr";
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/dicom": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    reading_frames_get: {
        parameters: {
            query?: {
                at?: number;
                since?: number;
            };
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Frames"];
                };
            };
        };
    };
    reading_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["LoadRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Loaded"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Loaded"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    reading_import_preview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "multipart/form-data": components["schemas"]["PreviewLoadRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadPlan"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readings_open: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadingState"];
                };
            };
        };
    };
    reading_prompt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromptRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromptAnswer"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    revisions_restore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestoreRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Saved"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Saved"];
                };
            };
        };
    };
    readings_return: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReturnRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadingState"];
                };
            };
        };
    };
    revisions_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revision"][];
                };
            };
        };
    };
    revisions_create: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevisionInRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Saved"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Saved"];
                };
            };
        };
    };
    revisions_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: number;
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionState"];
                };
            };
        };
    };
    readings_submit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reading_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadingState"];
                };
            };
        };
    };
    release_retrieve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                release_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Release"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    release_download: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                archive_format: string;
                release_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    release_manifest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                release_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description format → manifest.json */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    series_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_uid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No response body */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    series_convert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_uid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ConvertRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileOutcome"];
                };
            };
        };
    };
    series_derived: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_uid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Derived"][];
                };
            };
        };
    };
    series_overview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_uid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
        };
    };
    series_thumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_uid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
        };
    };
    series_volumes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_uid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Volume"][];
                };
            };
        };
    };
    session_retrieve: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    session_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    session_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No response body */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    session_update: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedProfileRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    session_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordRequest"];
            };
        };
        responses: {
            /** @description No response body */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    set_aside_list: {
        parameters: {
            query?: {
                import?: string;
                limit?: number;
                offset?: number;
                q?: string;
                reason?: "not_dicom" | "truncated" | "unreadable" | "missing_uid" | "no_pixels" | "unsupported" | "conflict" | "series_taken" | "other_study" | "superseded" | "damaged" | "directory" | "unsafe_archive";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetAside"][];
                };
            };
        };
    };
    set_aside_discard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No response body */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    set_aside_compare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
        };
    };
    set_aside_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    set_aside_repair: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RepairRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileOutcome"];
                };
            };
        };
    };
    set_aside_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileOutcome"];
                };
            };
        };
    };
    set_aside_settle: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettleRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileOutcome"];
                };
            };
        };
    };
    set_aside_repair_many: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ManyRepairRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    set_aside_repair_preview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ManyRepairRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RepairPreview"];
                };
            };
        };
    };
    set_aside_retry_many: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ManySetAsideRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    storage_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storage"];
                };
            };
        };
    };
    storage_patch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedStorageRulesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storage"];
                };
            };
        };
    };
    storage_expired: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Expired"][];
                };
            };
        };
    };
    structures_list: {
        parameters: {
            query: {
                /** @description words of the name, or the code */
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Structure"][];
                };
            };
        };
    };
    studies_list: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StudyPage"];
                };
            };
        };
    };
    study_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                study_uid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StudyDetail"];
                };
            };
        };
    };
    study_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                study_uid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No response body */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    token_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"][];
                };
            };
        };
    };
    token_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenCreateRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenCreated"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    token_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No response body */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    training_run_retrieve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingRun"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    user_list: {
        parameters: {
            query?: {
                /** @description part of the user name or display name */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    user_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserCreateRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserCreated"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    user_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PatchedUserChangeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    user_reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneTimePassword"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    worklist_list: {
        parameters: {
            query?: {
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorklistRow"][];
                };
            };
        };
    };
    worklist_next: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NextRequestRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NextReading"];
                };
            };
        };
    };
}
