// Written by `npm run api` from docs/openapi. Do not edit.

export interface paths {
    "/api/maintenance/v1/imports/maintenances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Window
         * @description Write down a window of elsewhere with its whole timeline. One that is ahead is made here as any other.
         */
        post: operations["import_window_api_maintenance_v1_imports_maintenances_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance/v1/imports/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Series
         * @description Go on with a series of elsewhere. Nothing is planned at the wall times that are `left_alone`.
         */
        post: operations["import_series_api_maintenance_v1_imports_series_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance/v1/maintenances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Windows
         * @description Windows in the order of their scheduled starts.
         */
        get: operations["list_windows_api_maintenance_v1_maintenances_get"];
        put?: never;
        /**
         * Plan Window
         * @description Plan a window. Without `scheduled_start`, or with one up to 5 minutes past, it starts at once.
         */
        post: operations["plan_window_api_maintenance_v1_maintenances_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance/v1/maintenances/{maintenance_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Window */
        get: operations["read_window_api_maintenance_v1_maintenances__maintenance_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Window
         * @description Delete a window that has not begun. An occurrence that is deleted never comes back.
         */
        delete: operations["delete_window_api_maintenance_v1_maintenances__maintenance_id__delete"];
        options?: never;
        head?: never;
        /**
         * Change Window
         * @description Change what is given. An occurrence that is changed is its series' no more.
         */
        patch: operations["change_window_api_maintenance_v1_maintenances__maintenance_id__patch"];
        trace?: never;
    };
    "/api/maintenance/v1/maintenances/{maintenance_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel Window */
        post: operations["cancel_window_api_maintenance_v1_maintenances__maintenance_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance/v1/maintenances/{maintenance_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Complete Window */
        post: operations["complete_window_api_maintenance_v1_maintenances__maintenance_id__complete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance/v1/maintenances/{maintenance_id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Extend Window
         * @description End at another time, later or earlier, in the future.
         */
        post: operations["extend_window_api_maintenance_v1_maintenances__maintenance_id__extend_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance/v1/maintenances/{maintenance_id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Window
         * @description Start it now, earlier or later than scheduled.
         */
        post: operations["start_window_api_maintenance_v1_maintenances__maintenance_id__start_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance/v1/maintenances/{maintenance_id}/updates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Post Update */
        post: operations["post_update_api_maintenance_v1_maintenances__maintenance_id__updates_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance/v1/maintenances/{maintenance_id}/updates/{update_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete Update */
        delete: operations["delete_update_api_maintenance_v1_maintenances__maintenance_id__updates__update_id__delete"];
        options?: never;
        head?: never;
        /** Edit Update */
        patch: operations["edit_update_api_maintenance_v1_maintenances__maintenance_id__updates__update_id__patch"];
        trace?: never;
    };
    "/api/maintenance/v1/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Series
         * @description Series, the newest first.
         */
        get: operations["list_series_api_maintenance_v1_series_get"];
        put?: never;
        /**
         * Begin Series
         * @description Begin a series. Its windows are planned 180 days ahead, in the organization's wall time.
         */
        post: operations["begin_series_api_maintenance_v1_series_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance/v1/series/{series_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Series */
        get: operations["read_series_api_maintenance_v1_series__series_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Series
         * @description Delete the series and its windows that are ahead, but for those that a person has changed.
         */
        delete: operations["delete_series_api_maintenance_v1_series__series_id__delete"];
        options?: never;
        head?: never;
        /**
         * Change Series
         * @description Change what is given. Windows that are ahead follow, but for those that a person has changed.
         */
        patch: operations["change_series_api_maintenance_v1_series__series_id__patch"];
        trace?: never;
    };
    "/api/maintenance/v1/series/{series_id}/occurrences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Occurrences */
        get: operations["read_occurrences_api_maintenance_v1_series__series_id__occurrences_get"];
        put?: never;
        post?: never;
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
        /** AffectedService */
        AffectedService: {
            /**
             * Service Id
             * Format: uuid
             */
            service_id: string;
        };
        /** BeginSeries */
        BeginSeries: {
            /**
             * Completes By Itself
             * @default true
             */
            completes_by_itself: boolean;
            /**
             * Description
             * @default
             */
            description: string;
            /** Duration Minutes */
            duration_minutes: number;
            /** First Start */
            first_start: string;
            /**
             * Reminder Minutes
             * @description how many minutes before its start it is to be reminded of
             * @default [
             *       60
             *     ]
             */
            reminder_minutes: number[];
            /** Rule */
            rule: string;
            /**
             * Services
             * @default []
             */
            services: components["schemas"]["AffectedService"][];
            /**
             * Starts By Itself
             * @default true
             */
            starts_by_itself: boolean;
            /** Title */
            title: string;
            /** @default public */
            visibility: components["schemas"]["Visibility"];
        };
        /** ChangeSeries */
        ChangeSeries: {
            /** Completes By Itself */
            completes_by_itself?: boolean | null;
            /** Description */
            description?: string | null;
            /** Duration Minutes */
            duration_minutes?: number | null;
            /** First Start */
            first_start?: string | null;
            /** Reminder Minutes */
            reminder_minutes?: number[] | null;
            /** Rule */
            rule?: string | null;
            /** Services */
            services?: components["schemas"]["AffectedService"][] | null;
            /** Starts By Itself */
            starts_by_itself?: boolean | null;
            /** Title */
            title?: string | null;
            visibility?: components["schemas"]["Visibility"] | null;
        };
        /** ChangeWindow */
        ChangeWindow: {
            /** Completes By Itself */
            completes_by_itself?: boolean | null;
            /** Description */
            description?: string | null;
            /** Reminder Minutes */
            reminder_minutes?: number[] | null;
            /** Scheduled End */
            scheduled_end?: string | null;
            /** Scheduled Start */
            scheduled_start?: string | null;
            /** Services */
            services?: components["schemas"]["AffectedService"][] | null;
            /** Starts By Itself */
            starts_by_itself?: boolean | null;
            /** Title */
            title?: string | null;
            visibility?: components["schemas"]["Visibility"] | null;
        };
        /** ExtendWindow */
        ExtendWindow: {
            /**
             * Message
             * @default
             */
            message: string;
            /**
             * Scheduled End
             * Format: date-time
             */
            scheduled_end: string;
        };
        /** ImportSeries */
        ImportSeries: {
            /**
             * Completes By Itself
             * @default true
             */
            completes_by_itself: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Description
             * @default
             */
            description: string;
            /** Duration Minutes */
            duration_minutes: number;
            /**
             * External Id
             * @description what it is called where it comes from; imported again, it is the same
             */
            external_id: string;
            /** First Start */
            first_start: string;
            /**
             * Left Alone
             * @default []
             */
            left_alone: string[];
            /**
             * Reminder Minutes
             * @description how many minutes before its start it is to be reminded of
             * @default [
             *       60
             *     ]
             */
            reminder_minutes: number[];
            /** Rule */
            rule: string;
            /**
             * Services
             * @default []
             */
            services: components["schemas"]["AffectedService"][];
            /**
             * Starts By Itself
             * @default true
             */
            starts_by_itself: boolean;
            /** Title */
            title: string;
            /** @default public */
            visibility: components["schemas"]["Visibility"];
        };
        /** ImportWindow */
        ImportWindow: {
            /** Cancelled At */
            cancelled_at?: string | null;
            /** Completed At */
            completed_at?: string | null;
            /**
             * Completes By Itself
             * @default true
             */
            completes_by_itself: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * External Id
             * @description what it is called where it comes from; imported again, it is the same
             */
            external_id: string;
            /**
             * Reminder Minutes
             * @description how many minutes before its start it is to be reminded of
             * @default [
             *       60
             *     ]
             */
            reminder_minutes: number[];
            /**
             * Scheduled End
             * Format: date-time
             */
            scheduled_end: string;
            /**
             * Scheduled Start
             * Format: date-time
             */
            scheduled_start: string;
            /**
             * Services
             * @default []
             */
            services: components["schemas"]["AffectedService"][];
            /** Started At */
            started_at?: string | null;
            /**
             * Starts By Itself
             * @default true
             */
            starts_by_itself: boolean;
            status: components["schemas"]["MaintenanceStatus"];
            /** Title */
            title: string;
            /**
             * Updates
             * @default []
             */
            updates: components["schemas"]["ImportedUpdate"][];
            /** @default public */
            visibility: components["schemas"]["Visibility"];
        };
        /**
         * Imported
         * @description Where it is, and whether it was made now: what is there already, or was deleted, stays as it is.
         */
        Imported: {
            /** Created */
            created: boolean;
            /**
             * Id
             * Format: uuid
             */
            id: string;
        };
        /**
         * ImportedUpdate
         * @description Who wrote it is what the file says: the audit log says who imported it.
         */
        ImportedUpdate: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Edited At */
            edited_at?: string | null;
            edited_by?: components["schemas"]["NamedActor"] | null;
            /** Message */
            message: string;
            posted_by?: components["schemas"]["NamedActor"] | null;
            status: components["schemas"]["MaintenanceStatus"];
        };
        /**
         * Maintenance
         * @description The whole window, its updates in the order they were posted.
         *
         *     `started_at` and `completed_at` are the scheduled times when the scheduler made the move, also when it was late, and the real times
         *     when a person did. `series_id` names the series whose occurrence it is. Everybody reads it without services that are internal,
         *     and without who wrote its updates.
         */
        Maintenance: {
            /** Cancelled At */
            cancelled_at: string | null;
            /** Completed At */
            completed_at: string | null;
            /** Completes By Itself */
            completes_by_itself: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Description */
            description: string;
            /** Id */
            id: string;
            /** Reminder Minutes */
            reminder_minutes: number[];
            /**
             * Scheduled End
             * Format: date-time
             */
            scheduled_end: string;
            /**
             * Scheduled Start
             * Format: date-time
             */
            scheduled_start: string;
            /** Series Id */
            series_id: string | null;
            /** Services */
            services: components["schemas"]["ServiceMaintenance"][];
            /** Started At */
            started_at: string | null;
            /** Starts By Itself */
            starts_by_itself: boolean;
            status: components["schemas"]["MaintenanceStatus"];
            /** Title */
            title: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Updates */
            updates: components["schemas"]["MaintenanceUpdate"][];
            /** Version */
            version: number;
            visibility: components["schemas"]["Visibility"];
        };
        /**
         * MaintenanceStatus
         * @enum {string}
         */
        MaintenanceStatus: "scheduled" | "in_progress" | "completed" | "cancelled";
        /**
         * MaintenanceUpdate
         * @description One entry of a window's timeline: the status it stood at, and what was said.
         *
         *     `posted_by` and `edited_by`, the last one who did, are told to members alone: for everybody they are None, as they are in what an older
         *     release wrote.
         */
        MaintenanceUpdate: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Edited At */
            edited_at?: string | null;
            edited_by?: components["schemas"]["NamedActor"] | null;
            /** Id */
            id: string;
            /** Message */
            message: string;
            posted_by?: components["schemas"]["NamedActor"] | null;
            status: components["schemas"]["MaintenanceStatus"];
        };
        /**
         * NamedActor
         * @description The person or machine that did something, as the token named it at that time. Never public.
         */
        NamedActor: {
            /** Id */
            id: string;
            /** Name */
            name: string;
        };
        /**
         * Occurrences
         * @description What became of a series' occurrences, of today and later.
         */
        Occurrences: {
            /**
             * Following
             * @description windows that are ahead and say what the series says
             */
            following: string[];
            /**
             * Left Alone
             * @description wall times at which it plans nothing: a person moved, cancelled or deleted what was there, or it has begun
             */
            left_alone: string[];
        };
        /**
         * Overlap
         * @description Another window, ahead or in progress, that shares services and time with this one.
         */
        Overlap: {
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * Scheduled End
             * Format: date-time
             */
            scheduled_end: string;
            /**
             * Scheduled Start
             * Format: date-time
             */
            scheduled_start: string;
            /**
             * Service Ids
             * @description those that both name
             */
            service_ids: string[];
            /** Title */
            title: string;
        };
        /** Page[Maintenance] */
        Page_Maintenance_: {
            /** Items */
            items: components["schemas"]["Maintenance"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /** Page[SeriesView] */
        Page_SeriesView_: {
            /** Items */
            items: components["schemas"]["SeriesView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * Place
         * @description One wrong thing: `where` is a path such as `body.services.0.service_id`.
         */
        Place: {
            /** Message */
            message: string;
            /** Where */
            where: string;
        };
        /** PlanWindow */
        PlanWindow: {
            /**
             * Completes By Itself
             * @default true
             */
            completes_by_itself: boolean;
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Message
             * @default
             */
            message: string;
            /**
             * Reminder Minutes
             * @description how many minutes before its start it is to be reminded of
             * @default [
             *       60
             *     ]
             */
            reminder_minutes: number[];
            /**
             * Scheduled End
             * Format: date-time
             */
            scheduled_end: string;
            /** Scheduled Start */
            scheduled_start?: string | null;
            /**
             * Services
             * @default []
             */
            services: components["schemas"]["AffectedService"][];
            /**
             * Starts By Itself
             * @default true
             */
            starts_by_itself: boolean;
            /** Title */
            title: string;
            /** @default public */
            visibility: components["schemas"]["Visibility"];
        };
        /** PostUpdate */
        PostUpdate: {
            /** Message */
            message: string;
        };
        /**
         * ProblemDocument
         * @description The shape of a problem document, for OpenAPI.
         */
        ProblemDocument: {
            /** Detail */
            detail?: string;
            /** Errors */
            errors?: components["schemas"]["Place"][];
            /** Status */
            status?: number;
            /** Title */
            title?: string;
            /** Type */
            type?: string;
        };
        /** Say */
        Say: {
            /**
             * Message
             * @default
             */
            message: string;
        };
        /**
         * SeriesView
         * @description A series. Its windows are read with `GET /maintenances?series_id=`.
         */
        SeriesView: {
            /** Completes By Itself */
            completes_by_itself: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Description */
            description: string;
            /** Duration Minutes */
            duration_minutes: number;
            /**
             * First Start
             * @description wall time in the organization's zone
             */
            first_start: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Reminder Minutes */
            reminder_minutes: number[];
            /** Rule */
            rule: string;
            /** Services */
            services: components["schemas"]["ServiceMaintenance"][];
            /** Starts By Itself */
            starts_by_itself: boolean;
            /** Title */
            title: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Version */
            version: number;
            visibility: components["schemas"]["Visibility"];
        };
        /**
         * ServiceMaintenance
         * @description A service that a window is about. `name` is the service's as it was last known; a deleted one keeps it here.
         */
        ServiceMaintenance: {
            /**
             * Name
             * @default
             */
            name: string;
            /** Service Id */
            service_id: string;
        };
        /**
         * Visibility
         * @description Who may see a service, an incident or a window: everybody, or the organization's members alone.
         * @enum {string}
         */
        Visibility: "public" | "internal";
        /** WindowView */
        WindowView: {
            /** Cancelled At */
            cancelled_at: string | null;
            /** Completed At */
            completed_at: string | null;
            /** Completes By Itself */
            completes_by_itself: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Description */
            description: string;
            /** Id */
            id: string;
            /**
             * Overlaps
             * @description allowed, but worth knowing; the first few by their start
             * @default []
             */
            overlaps: components["schemas"]["Overlap"][];
            /** Reminder Minutes */
            reminder_minutes: number[];
            /**
             * Scheduled End
             * Format: date-time
             */
            scheduled_end: string;
            /**
             * Scheduled Start
             * Format: date-time
             */
            scheduled_start: string;
            /** Series Id */
            series_id: string | null;
            /** Services */
            services: components["schemas"]["ServiceMaintenance"][];
            /** Started At */
            started_at: string | null;
            /** Starts By Itself */
            starts_by_itself: boolean;
            status: components["schemas"]["MaintenanceStatus"];
            /** Title */
            title: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Updates */
            updates: components["schemas"]["MaintenanceUpdate"][];
            /** Version */
            version: number;
            visibility: components["schemas"]["Visibility"];
        };
    };
    responses: {
        /** @description The access token is missing or not valid */
        401: {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Too many requests of this principal */
        429: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description What is needed does not answer: nothing was changed */
        503: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description A problem document (RFC 9457) */
        "4XX": {
            headers: {
                Accept: components["headers"]["Accept"];
                Allow: components["headers"]["Allow"];
                ETag: components["headers"]["ETag"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description A problem document too */
        "5XX": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description with 415: what a body must be */
        Accept: string;
        /** @description for which origins' pages it is */
        "Access-Control-Allow-Origin": string;
        /** @description what they may read of it */
        "Access-Control-Expose-Headers": string;
        /** @description with 405: the methods there are */
        Allow: string;
        /** @description how long it may be kept */
        "Cache-Control": string;
        /** @description what it is to be saved as */
        "Content-Disposition": string;
        /** @description what it may load and do in a browser */
        "Content-Security-Policy": string;
        /** @description the version, for If-Match and If-None-Match */
        ETag: string;
        /** @description where it is */
        Location: string;
        /** @description what links on it tell of where they are */
        "Referrer-Policy": string;
        /** @description seconds until it may be tried again */
        "Retry-After": string;
        /** @description the session */
        "Set-Cookie": string;
        /** @description what the token lacks */
        "WWW-Authenticate": string;
        /** @description that no proxy holds it back */
        "X-Accel-Buffering": string;
        /** @description that the media type is not to be guessed */
        "X-Content-Type-Options": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    import_window_api_maintenance_v1_imports_maintenances_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportWindow"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    import_series_api_maintenance_v1_imports_series_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportSeries"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    list_windows_api_maintenance_v1_maintenances_get: {
        parameters: {
            query?: {
                state?: components["schemas"]["MaintenanceStatus"] | null;
                /** @description scheduled to end after this time */
                from?: string | null;
                /** @description scheduled to start before this time */
                until?: string | null;
                service_id?: string | null;
                series_id?: string | null;
                /** @description `next_cursor` of the answer before */
                cursor?: string | null;
                /** @description items in the answer */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Maintenance_"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    plan_window_api_maintenance_v1_maintenances_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanWindow"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    read_window_api_maintenance_v1_maintenances__maintenance_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    delete_window_api_maintenance_v1_maintenances__maintenance_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    change_window_api_maintenance_v1_maintenances__maintenance_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeWindow"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    cancel_window_api_maintenance_v1_maintenances__maintenance_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Say"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    complete_window_api_maintenance_v1_maintenances__maintenance_id__complete_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Say"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    extend_window_api_maintenance_v1_maintenances__maintenance_id__extend_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExtendWindow"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    start_window_api_maintenance_v1_maintenances__maintenance_id__start_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Say"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    post_update_api_maintenance_v1_maintenances__maintenance_id__updates_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PostUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    delete_update_api_maintenance_v1_maintenances__maintenance_id__updates__update_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
                update_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    edit_update_api_maintenance_v1_maintenances__maintenance_id__updates__update_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                maintenance_id: string;
                update_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PostUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WindowView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    list_series_api_maintenance_v1_series_get: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the answer before */
                cursor?: string | null;
                /** @description items in the answer */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_SeriesView_"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    begin_series_api_maintenance_v1_series_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginSeries"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    read_series_api_maintenance_v1_series__series_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    delete_series_api_maintenance_v1_series__series_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    change_series_api_maintenance_v1_series__series_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeSeries"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    read_occurrences_api_maintenance_v1_series__series_id__occurrences_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Occurrences"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
}
