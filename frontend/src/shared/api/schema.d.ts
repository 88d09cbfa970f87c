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
        /** @description Change name or description (managers). */
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
        /** @description Change one's own name or language. */
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
            labels: components["schemas"]["AgreedLabel"][];
            /** Format: double */
            mean_dice: number | null;
            pairs: components["schemas"]["PairAgreement"][];
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
            format: components["schemas"]["FormatEnum"];
            sha256: string;
            size_bytes: number;
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
        /** @description A case as those who oversee the project see it. */
        Case: {
            agreement: components["schemas"]["AgreementBrief"] | null;
            consensus: components["schemas"]["ConsensusBrief"] | null;
            /** Format: uuid */
            id: string;
            modality: string;
            number: number;
            readings: components["schemas"]["CaseReading"][];
            series: components["schemas"]["CaseSeries"][];
            state: components["schemas"]["State4fbEnum"];
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
            readings: components["schemas"]["CaseReading"][];
            series: components["schemas"]["CaseSeries"][];
            state: components["schemas"]["State4fbEnum"];
            study_description: string;
        };
        /** @description How far one reader is with a case. */
        CaseReading: {
            /** Format: uuid */
            id: string;
            reader: components["schemas"]["Person"];
            state: components["schemas"]["State4fdEnum"];
            /** Format: date-time */
            submitted_at: string | null;
        };
        /** @description A series of a case. */
        CaseSeries: {
            description: string;
            frame_count: number;
            modality: string;
            series_uid: string;
            study_uid: string;
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
            rule: components["schemas"]["RuleEnum"];
        };
        /** @description Which consensus a case has. */
        ConsensusBrief: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            mark_set: string;
            rule: components["schemas"]["RuleEnum"];
        };
        /** @description By which rule; the protocol's when left out. */
        ConsensusRequestRequest: {
            rule?: (components["schemas"]["RuleEnum"] | components["schemas"]["NullEnum"]) | null;
        };
        /** @enum {string} */
        ConsensusRuleEnum: "majority" | "staple";
        /** @description A release as it is asked for. */
        DefinitionRequest: {
            formats: components["schemas"]["FormatsEnum"][];
            label_source: components["schemas"]["LabelSourceEnum"];
            name: string;
            /** Format: uuid */
            reader?: string | null;
            /** @default 0 */
            seed: number;
            shares: components["schemas"]["SharesRequest"];
        };
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
        /** @description The case form. */
        Form: {
            questions?: components["schemas"]["Question"][];
        };
        /** @enum {string} */
        FormatEnum: "nnunet" | "dicom_seg";
        /** @enum {string} */
        FormatsEnum: "nnunet" | "dicom_seg";
        /** @description The case form. */
        FormRequest: {
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
        /** @description Frames of a mark set, and its head. */
        Frames: {
            frames: components["schemas"]["Frame"][];
            head: number;
        };
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
            state: components["schemas"]["State398Enum"];
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
        /** @description One label of a protocol. */
        Label: {
            category_code: string;
            category_meaning: string;
            category_scheme: string;
            colour: string;
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
            name: string;
            type_code?: string;
            type_meaning?: string;
            type_scheme?: string;
            value?: number | null;
        };
        /** @enum {string} */
        LabelSourceEnum: "consensus" | "reader";
        /** @description One measurement. */
        Measurement: {
            data: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            key: string;
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
            formats: components["schemas"]["FormatsEnum"][];
            message: string;
            number: number;
            reason: components["schemas"]["MissingReasonEnum"];
        };
        /** @enum {string} */
        MissingReasonEnum: "no_consensus" | "consensus_outdated" | "not_assigned" | "not_submitted" | "labels_changed" | "images_withheld" | "blinded" | "no_volume" | "several_volumes" | "off_volume";
        /** @description Which studies become cases: `study_uids`, or `all_studies`. */
        NewCasesRequest: {
            /** @default false */
            all_studies: boolean;
            study_uids?: string[];
        };
        /** @description What a new project needs. */
        NewProjectRequest: {
            /** @default  */
            description: string;
            name: string;
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
        /** @enum {unknown} */
        NullEnum: null;
        /** @description A password that is shown once. */
        OneTimePassword: {
            password: string;
        };
        /** @description Two readings compared. */
        PairAgreement: {
            /** Format: uuid */
            a: string;
            /** Format: uuid */
            b: string;
            per_label: components["schemas"]["LabelAgreement"][];
        };
        /** @description A change of one's own password. */
        PasswordRequest: {
            new: string;
            old: string;
        };
        /** @description What people change about themselves. */
        PatchedProfileRequest: {
            display_name?: string;
            language?: string;
        };
        /** @description What of a project can be changed. */
        PatchedProjectChangeRequest: {
            description?: string;
            name?: string;
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
        /** @enum {string} */
        ProjectStateEnum: "draft" | "live" | "closed";
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
            key: string;
            kind: components["schemas"]["QuestionKindEnum"];
            /** Format: double */
            maximum?: number | null;
            /** Format: double */
            minimum?: number | null;
            /** @default false */
            required: boolean;
            text: string;
            /** @default  */
            unit: string;
        };
        /** @enum {string} */
        QuestionKindEnum: "choice" | "number" | "text" | "yes_no";
        /** @description One question of the case form. */
        QuestionRequest: {
            choices?: string[];
            key: string;
            kind: components["schemas"]["QuestionKindEnum"];
            /** Format: double */
            maximum?: number | null;
            /** Format: double */
            minimum?: number | null;
            /** @default false */
            required: boolean;
            text: string;
            /** @default  */
            unit: string;
        };
        /** @enum {string} */
        QueueEnum: "interactive" | "gpu" | "cpu" | "io";
        /** @description How far one reader is. */
        ReaderProgress: {
            assigned: number;
            /** Format: double */
            median_minutes: number | null;
            reader: components["schemas"]["Person"];
            submitted: number;
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
            project: components["schemas"]["ProjectBrief"];
            protocol: components["schemas"]["Protocol"];
            return_reason: string;
            series: components["schemas"]["ReadingSeries"][];
            state: components["schemas"]["State4fdEnum"];
            /** Format: date-time */
            submitted_at: string | null;
        };
        /** @description A series to read. */
        ReadingSeries: {
            description: string;
            frame_count: number;
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
            state: components["schemas"]["State4fdEnum"];
            /** Format: date-time */
            submitted_at: string | null;
        };
        /** @description A volume of a series, or the reasons why its frames form none. */
        ReadingVolume: {
            geometry: components["schemas"]["VolumeGeometry"] | null;
            index: number;
            reasons: string[];
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
            formats: components["schemas"]["FormatsEnum"][];
            label_source: components["schemas"]["LabelSourceEnum"];
            /** Format: uuid */
            reader_id: string | null;
            seed: number;
            shares: components["schemas"]["Shares"];
        };
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
        /** @enum {string} */
        ReleaseStateEnum: "freezing" | "frozen" | "failed";
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
            state: components["schemas"]["State398Enum"];
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
        /** @enum {string} */
        RolesEnum: "manager" | "reader" | "adjudicator" | "engineer" | "researcher";
        /** @enum {string} */
        RuleEnum: "majority" | "staple";
        /** @description What is durable now. */
        Saved: {
            head: number;
            number: number;
        };
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
            /** Format: uuid */
            readonly id: string;
            readonly is_administrator: boolean;
            readonly language: string;
            /** @description Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only. */
            readonly username: string;
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
        SkippedStudyReasonEnum: "present" | "no_images" | "not_visible";
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
        State4fbEnum: "waiting" | "reading" | "complete";
        /** @enum {string} */
        State4fdEnum: "assigned" | "open" | "submitted" | "returned";
        /** @enum {string} */
        State398Enum: "queued" | "running" | "succeeded" | "failed" | "cancelled";
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
        /** @description A regular grid: index (k, j, i) → LPS millimetres. */
        VolumeGeometry: {
            affine_lps: number[][];
            shape_kji: number[];
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
            state: components["schemas"]["State4fdEnum"];
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
