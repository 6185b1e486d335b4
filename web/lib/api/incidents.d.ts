// Written by `npm run api` from docs/openapi. Do not edit.

export interface paths {
    "/api/incidents/v1/imports/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Incident
         * @description Write down an incident of elsewhere with its whole timeline. Who is told of incidents hears of an old one that it is `backfilled`.
         */
        post: operations["import_incident_api_incidents_v1_imports_incidents_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Incidents */
        get: operations["list_incidents_api_incidents_v1_incidents_get"];
        put?: never;
        /**
         * Open Incident
         * @description Open an incident, or write down one that is over: with both times, it touches no present status.
         */
        post: operations["open_incident_api_incidents_v1_incidents_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/v1/incidents/{incident_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Incident */
        get: operations["read_incident_api_incidents_v1_incidents__incident_id__get"];
        put?: never;
        post?: never;
        /** Delete Incident */
        delete: operations["delete_incident_api_incidents_v1_incidents__incident_id__delete"];
        options?: never;
        head?: never;
        /** Change Incident */
        patch: operations["change_incident_api_incidents_v1_incidents__incident_id__patch"];
        trace?: never;
    };
    "/api/incidents/v1/incidents/{incident_id}/edits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Edits
         * @description What the incident's updates said before, newest first.
         */
        get: operations["list_edits_api_incidents_v1_incidents__incident_id__edits_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/v1/incidents/{incident_id}/postmortem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Write Postmortem
         * @description Members read a draft; everybody reads what is published, and no longer what is a draft again.
         */
        put: operations["write_postmortem_api_incidents_v1_incidents__incident_id__postmortem_put"];
        post?: never;
        /** Take Back Postmortem */
        delete: operations["take_back_postmortem_api_incidents_v1_incidents__incident_id__postmortem_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/v1/incidents/{incident_id}/updates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Post Update */
        post: operations["post_update_api_incidents_v1_incidents__incident_id__updates_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/v1/incidents/{incident_id}/updates/{update_id}": {
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
        delete: operations["delete_update_api_incidents_v1_incidents__incident_id__updates__update_id__delete"];
        options?: never;
        head?: never;
        /** Edit Update */
        patch: operations["edit_update_api_incidents_v1_incidents__incident_id__updates__update_id__patch"];
        trace?: never;
    };
    "/api/incidents/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Templates */
        get: operations["list_templates_api_incidents_v1_templates_get"];
        put?: never;
        /** Create Template */
        post: operations["create_template_api_incidents_v1_templates_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/v1/templates/{template_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Template */
        get: operations["read_template_api_incidents_v1_templates__template_id__get"];
        /**
         * Write Template
         * @description Replace the whole template.
         */
        put: operations["write_template_api_incidents_v1_templates__template_id__put"];
        post?: never;
        /** Delete Template */
        delete: operations["delete_template_api_incidents_v1_templates__template_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/incidents/v1/templates/{template_id}/render": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Render Template
         * @description The incident that the template makes now, for people to look at before they open it. Changes nothing.
         */
        post: operations["render_template_api_incidents_v1_templates__template_id__render_post"];
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
            status?: components["schemas"]["ServiceStatus"] | null;
        };
        /** ChangeIncident */
        ChangeIncident: {
            /** Description */
            description?: string | null;
            impact?: components["schemas"]["IncidentImpact"] | null;
            /**
             * Resolved At
             * @description only of an incident that was over when it was written down
             */
            resolved_at?: string | null;
            /** Services */
            services?: components["schemas"]["AffectedService"][] | null;
            /**
             * Started At
             * @description only of an incident that was over when it was written down
             */
            started_at?: string | null;
            /** Title */
            title?: string | null;
            visibility?: components["schemas"]["Visibility"] | null;
        };
        /** EditUpdate */
        EditUpdate: {
            /** Message */
            message: string;
        };
        /**
         * FormerUpdate
         * @description What an update said until somebody edited or deleted it: members see it, no event carries it.
         *
         *     `replaced_by` is who that was, as their token named them then.
         */
        FormerUpdate: {
            kind: components["schemas"]["Replacement"];
            /** Message */
            message: string;
            /**
             * Replaced At
             * Format: date-time
             */
            replaced_at: string;
            replaced_by: components["schemas"]["NamedActor"] | null;
            status: components["schemas"]["IncidentStatus"];
            /**
             * Update Id
             * Format: uuid
             */
            update_id: string;
        };
        /**
         * ImportIncident
         * @description `created_at` is when it was written down: now, unless given. One that was over by then was never seen while it lasted.
         */
        ImportIncident: {
            /** Created At */
            created_at?: string | null;
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
            impact: components["schemas"]["IncidentImpact"];
            postmortem?: components["schemas"]["ImportedPostmortem"] | null;
            /** Resolved At */
            resolved_at?: string | null;
            /**
             * Services
             * @default []
             */
            services: components["schemas"]["AffectedService"][];
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            status: components["schemas"]["IncidentStatus"];
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
        /** ImportedPostmortem */
        ImportedPostmortem: {
            /**
             * Body
             * @description Markdown
             */
            body: string;
            /** Published At */
            published_at?: string | null;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
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
            /** Services */
            services?: components["schemas"]["UpdatedService-Input"][] | null;
            status: components["schemas"]["IncidentStatus"];
        };
        /**
         * Incident
         * @description The whole incident, its updates in the order they were posted.
         *
         *     Everybody reads it without services that are internal, without the draft of a postmortem, and without who wrote its updates.
         */
        Incident: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Description */
            description: string;
            /** Id */
            id: string;
            impact: components["schemas"]["IncidentImpact"];
            postmortem?: components["schemas"]["Postmortem"] | null;
            /** Resolved At */
            resolved_at: string | null;
            /** Services */
            services: components["schemas"]["ServiceIncident"][];
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            status: components["schemas"]["IncidentStatus"];
            /** Title */
            title: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Updates */
            updates: components["schemas"]["IncidentUpdate"][];
            /** Version */
            version: number;
            /** @default public */
            visibility: components["schemas"]["Visibility"];
        };
        /**
         * IncidentImpact
         * @description How bad an incident is. `service_status` is what it means for a service it names.
         * @enum {string}
         */
        IncidentImpact: "none" | "minor" | "major" | "critical";
        /**
         * IncidentStatus
         * @enum {string}
         */
        IncidentStatus: "investigating" | "identified" | "monitoring" | "resolved";
        /**
         * IncidentUpdate
         * @description One entry of an incident's timeline: the status it stood at, and what was said.
         *
         *     `services` is None where it is not recorded: of an update that an older release wrote, of an incident that was over when it was written
         *     down, and of the oldest updates where all of them together would say too much.
         *
         *     `posted_by` and `edited_by`, the last one who did, are told to members alone: for everybody they are None, as they are in what an older
         *     release wrote.
         */
        IncidentUpdate: {
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
            /** Services */
            services?: components["schemas"]["UpdatedService-Output"][] | null;
            status: components["schemas"]["IncidentStatus"];
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
         * OpenIncident
         * @description `template_id` says what is not said here. With `started_at` and `resolved_at`, both past, the incident is over already.
         */
        OpenIncident: {
            /**
             * Description
             * @default
             */
            description: string;
            impact?: components["schemas"]["IncidentImpact"] | null;
            /**
             * Message
             * @description the first update
             */
            message?: string | null;
            /** Resolved At */
            resolved_at?: string | null;
            /** Services */
            services?: components["schemas"]["AffectedService"][] | null;
            /** Started At */
            started_at?: string | null;
            /** @description the template's, otherwise investigating */
            status?: components["schemas"]["IncidentStatus"] | null;
            /** Template Id */
            template_id?: string | null;
            /**
             * Title
             * @description needed without a template
             */
            title?: string | null;
            /**
             * Updates
             * @description of an incident that is over, instead of a message
             */
            updates?: components["schemas"]["PastUpdate"][] | null;
            /** @description the template's, otherwise public */
            visibility?: components["schemas"]["Visibility"] | null;
        };
        /** Page[FormerUpdate] */
        Page_FormerUpdate_: {
            /** Items */
            items: components["schemas"]["FormerUpdate"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /** Page[Incident] */
        Page_Incident_: {
            /** Items */
            items: components["schemas"]["Incident"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /** Page[TemplateView] */
        Page_TemplateView_: {
            /** Items */
            items: components["schemas"]["TemplateView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * PastUpdate
         * @description What was said while an incident lasted that is over.
         */
        PastUpdate: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Message */
            message: string;
            status: components["schemas"]["IncidentStatus"];
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
        /** PostUpdate */
        PostUpdate: {
            impact?: components["schemas"]["IncidentImpact"] | null;
            /**
             * Message
             * @default
             */
            message: string;
            /** Services */
            services?: components["schemas"]["AffectedService"][] | null;
            status?: components["schemas"]["IncidentStatus"] | null;
        };
        /**
         * Postmortem
         * @description What was learned, in Markdown. Everybody reads it once it is published; `published_at` is None while it is a draft.
         */
        Postmortem: {
            /** Body */
            body: string;
            /** Published At */
            published_at: string | null;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
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
        /**
         * ProposedIncident
         * @description A body for POST /incidents.
         */
        ProposedIncident: {
            impact: components["schemas"]["IncidentImpact"] | null;
            /** Message */
            message: string;
            /** Services */
            services: components["schemas"]["ProposedService"][];
            status: components["schemas"]["IncidentStatus"];
            /** Title */
            title: string;
            visibility: components["schemas"]["Visibility"];
        };
        /** ProposedService */
        ProposedService: {
            /**
             * Service Id
             * Format: uuid
             */
            service_id: string;
            status: components["schemas"]["ServiceStatus"] | null;
        };
        /** RenderTemplate */
        RenderTemplate: {
            /**
             * Services
             * @description instead of the template's
             */
            services?: components["schemas"]["AffectedService"][] | null;
            /** @description instead of the template's */
            visibility?: components["schemas"]["Visibility"] | null;
        };
        /**
         * Replacement
         * @enum {string}
         */
        Replacement: "edited" | "deleted";
        /**
         * ServiceIncident
         * @description A service that an incident names, and the status it puts on it while it is not resolved.
         *
         *     `name` is the service's as it was last known; a deleted one keeps it here.
         */
        ServiceIncident: {
            /**
             * Name
             * @default
             */
            name: string;
            /** Service Id */
            service_id: string;
            status: components["schemas"]["ServiceStatus"];
        };
        /**
         * ServiceStatus
         * @description What a service is like, from best to worst; `severity` orders them.
         * @enum {string}
         */
        ServiceStatus: "operational" | "degraded" | "partial_outage" | "major_outage";
        /**
         * TemplateService
         * @description A service that a template names. One that was deleted since keeps its name, and is left out when the template is used.
         */
        TemplateService: {
            /** Is Deleted */
            is_deleted: boolean;
            /** Name */
            name: string;
            /**
             * Service Id
             * Format: uuid
             */
            service_id: string;
            status: components["schemas"]["ServiceStatus"] | null;
        };
        /** TemplateView */
        TemplateView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            impact: components["schemas"]["IncidentImpact"] | null;
            /** Message */
            message: string;
            /** Name */
            name: string;
            /** Services */
            services: components["schemas"]["TemplateService"][];
            status: components["schemas"]["IncidentStatus"];
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
        /** UpdatedService */
        "UpdatedService-Input": {
            new_status: components["schemas"]["ServiceStatus"];
            old_status: components["schemas"]["ServiceStatus"];
            /**
             * Service Id
             * Format: uuid
             */
            service_id: string;
        };
        /**
         * UpdatedService
         * @description A service that an incident named, with what the incident put on it before and after an update: the same where that left it as it was.
         *
         *     It is operational before the incident names it, when the incident no longer does, and while it is resolved.
         */
        "UpdatedService-Output": {
            /**
             * Name
             * @default
             */
            name: string;
            new_status: components["schemas"]["ServiceStatus"];
            old_status: components["schemas"]["ServiceStatus"];
            /** Service Id */
            service_id: string;
        };
        /**
         * Visibility
         * @description Who may see a service, an incident or a window: everybody, or the organization's members alone.
         * @enum {string}
         */
        Visibility: "public" | "internal";
        /** WritePostmortem */
        WritePostmortem: {
            /**
             * Body
             * @description Markdown
             */
            body: string;
            /**
             * Publish
             * @description left out: a published one stays so, a new one is a draft
             */
            publish?: boolean | null;
        };
        /**
         * WriteTemplate
         * @description In title and message, `{services}` stands for the services' names and `{time}` for the time in the organization's zone.
         */
        WriteTemplate: {
            impact?: components["schemas"]["IncidentImpact"] | null;
            /**
             * Message
             * @default
             */
            message: string;
            /** Name */
            name: string;
            /**
             * Services
             * @default []
             */
            services: components["schemas"]["AffectedService"][];
            /** @default investigating */
            status: components["schemas"]["IncidentStatus"];
            /** Title */
            title: string;
            /** @default public */
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
    import_incident_api_incidents_v1_imports_incidents_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportIncident"];
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
    list_incidents_api_incidents_v1_incidents_get: {
        parameters: {
            query?: {
                state?: ("open" | "resolved") | null;
                service_id?: string | null;
                /** @description started at this time or later */
                started_from?: string | null;
                /** @description started before this time */
                started_until?: string | null;
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
                    "application/json": components["schemas"]["Page_Incident_"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    open_incident_api_incidents_v1_incidents_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenIncident"];
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
                    "application/json": components["schemas"]["Incident"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    read_incident_api_incidents_v1_incidents__incident_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incident_id: string;
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
                    "application/json": components["schemas"]["Incident"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    delete_incident_api_incidents_v1_incidents__incident_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incident_id: string;
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
    change_incident_api_incidents_v1_incidents__incident_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incident_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeIncident"];
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
                    "application/json": components["schemas"]["Incident"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    list_edits_api_incidents_v1_incidents__incident_id__edits_get: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the answer before */
                cursor?: string | null;
                /** @description items in the answer */
                limit?: number;
            };
            header?: never;
            path: {
                incident_id: string;
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
                    "application/json": components["schemas"]["Page_FormerUpdate_"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    write_postmortem_api_incidents_v1_incidents__incident_id__postmortem_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incident_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WritePostmortem"];
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
                    "application/json": components["schemas"]["Incident"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    take_back_postmortem_api_incidents_v1_incidents__incident_id__postmortem_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incident_id: string;
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
                    "application/json": components["schemas"]["Incident"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    post_update_api_incidents_v1_incidents__incident_id__updates_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incident_id: string;
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
                    "application/json": components["schemas"]["Incident"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    delete_update_api_incidents_v1_incidents__incident_id__updates__update_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incident_id: string;
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
                    "application/json": components["schemas"]["Incident"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    edit_update_api_incidents_v1_incidents__incident_id__updates__update_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incident_id: string;
                update_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditUpdate"];
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
                    "application/json": components["schemas"]["Incident"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    list_templates_api_incidents_v1_templates_get: {
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
                    "application/json": components["schemas"]["Page_TemplateView_"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    create_template_api_incidents_v1_templates_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteTemplate"];
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
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    read_template_api_incidents_v1_templates__template_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template_id: string;
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
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    write_template_api_incidents_v1_templates__template_id__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteTemplate"];
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
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    delete_template_api_incidents_v1_templates__template_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template_id: string;
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
    render_template_api_incidents_v1_templates__template_id__render_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenderTemplate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposedIncident"];
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
