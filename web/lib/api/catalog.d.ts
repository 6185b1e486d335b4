// Written by `npm run api` from docs/openapi. Do not edit.

export interface paths {
    "/api/catalog/v1/caller": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Caller
         * @description Who calls, for which organization, in which role. Also while the organization has no page.
         */
        get: operations["read_caller_api_catalog_v1_caller_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/imports/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Service
         * @description Write down a service of elsewhere with its history.
         */
        post: operations["import_service_api_catalog_v1_imports_services_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/layout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Layout
         * @description Groups and services in order. Services that were never placed come last.
         */
        get: operations["read_layout_api_catalog_v1_layout_get"];
        /**
         * Replace Layout
         * @description Put a whole new order in place. A deleted service that can be restored keeps its place where its group remains.
         */
        put: operations["replace_layout_api_catalog_v1_layout_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Page */
        get: operations["read_page_api_catalog_v1_page_get"];
        put?: never;
        /**
         * Provision Page
         * @description Give the organization a page. It always goes live: a slug that is taken gets `-2`, `-3` … A page that exists stays as it is.
         */
        post: operations["provision_page_api_catalog_v1_page_post"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change Page
         * @description Change settings; null clears what a page may lack. A new slug that is taken answers 409 with three that are free; the old one
         *     redirects for 90 days.
         */
        patch: operations["change_page_api_catalog_v1_page_patch"];
        trace?: never;
    };
    "/api/catalog/v1/page/domains": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Domains
         * @description In order of creation.
         */
        get: operations["list_domains_api_catalog_v1_page_domains_get"];
        put?: never;
        /**
         * Add Domain
         * @description Ask for a host name. Its record is looked for from now on, for 7 days; at most 5 an organization.
         */
        post: operations["add_domain_api_catalog_v1_page_domains_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/page/domains/{domain_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove Domain
         * @description Give it up: the page is not at it any more, and another organization may prove it.
         */
        delete: operations["remove_domain_api_catalog_v1_page_domains__domain_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/page/domains/{domain_id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check Domain
         * @description Look for the record now, at most every 10 s. Where looking had ended it begins once more.
         */
        post: operations["check_domain_api_catalog_v1_page_domains__domain_id__check_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Services
         * @description In order of creation.
         */
        get: operations["list_services_api_catalog_v1_services_get"];
        put?: never;
        /** Create Service */
        post: operations["create_service_api_catalog_v1_services_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/services/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set Statuses
         * @description Set the base status of several services, all or none. Those that have it already stay as they are.
         */
        post: operations["set_statuses_api_catalog_v1_services_status_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/services/{deleted_service_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore Service
         * @description Undo a deletion of the last 30 days: the service is back with its settings, its place in the layout and the status it would have.
         */
        post: operations["restore_service_api_catalog_v1_services__deleted_service_id__restore_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/services/{service_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read Service */
        get: operations["read_service_api_catalog_v1_services__service_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Service
         * @description Take it off the page. For 30 days it can be restored.
         */
        delete: operations["delete_service_api_catalog_v1_services__service_id__delete"];
        options?: never;
        head?: never;
        /**
         * Change Service
         * @description Change what is given. Who becomes internal vanishes from everything that is public at once.
         */
        patch: operations["change_service_api_catalog_v1_services__service_id__patch"];
        trace?: never;
    };
    "/api/catalog/v1/services/{service_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read History
         * @description Changes of the status that visitors see, and what incidents that were written down later say of the past; newest first.
         */
        get: operations["read_history_api_catalog_v1_services__service_id__history_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/v1/services/{service_id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Status
         * @description Set the base status. While an incident puts a worse one on the service, visitors go on seeing that.
         */
        put: operations["set_status_api_catalog_v1_services__service_id__status_put"];
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
        /** AddDomain */
        AddDomain: {
            /**
             * Name
             * @description as people write it; `status.bücher.example` is understood
             */
            name: string;
        };
        /** CallerView */
        CallerView: {
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Organization Id */
            organization_id: string;
            role: components["schemas"]["RoleName"];
        };
        /**
         * Cause
         * @description Why a service is not what people set: an open incident that names it.
         */
        Cause: {
            /** Id */
            id: string;
            /**
             * Kind
             * @default incident
             * @constant
             */
            kind: "incident";
            /**
             * Since
             * Format: date-time
             */
            since: string;
            status: components["schemas"]["ServiceStatus"];
            /** Title */
            title: string;
        };
        /**
         * ChangePage
         * @description What is left out stays as it is.
         */
        ChangePage: {
            /** Accent Color */
            accent_color?: string | null;
            /** Description */
            description?: string | null;
            /** Favicon Url */
            favicon_url?: string | null;
            /** History Days */
            history_days?: number | null;
            /** Links */
            links?: components["schemas"]["Link"][] | null;
            /** Logo Url */
            logo_url?: string | null;
            /** Name */
            name?: string | null;
            /** Search Engines Allowed */
            search_engines_allowed?: boolean | null;
            /** Slug */
            slug?: string | null;
            /** Support Url */
            support_url?: string | null;
            theme?: components["schemas"]["Theme"] | null;
            /** Time Zone */
            time_zone?: string | null;
        };
        /** ChangeService */
        ChangeService: {
            /** Description */
            description?: string | null;
            /** Name */
            name?: string | null;
            /** Start Date */
            start_date?: string | null;
            visibility?: components["schemas"]["Visibility"] | null;
        };
        /**
         * CreateService
         * @description `start_date` is the first day that anything is said about the service: today, unless given.
         */
        CreateService: {
            /**
             * Description
             * @default
             */
            description: string;
            /** Name */
            name: string;
            /** Start Date */
            start_date?: string | null;
            /** @default public */
            visibility: components["schemas"]["Visibility"];
        };
        /**
         * DomainStatus
         * @description Where a custom domain stands: asked for, shown to be the organization's, not shown any more, taken from it, or never shown in time.
         * @enum {string}
         */
        DomainStatus: "pending" | "proved" | "failing" | "released" | "expired";
        /**
         * DomainView
         * @description A custom domain. `finding` is what the last look for its record found, at `checked_at`.
         *
         *     `proof` is the record that shows the name to be the organization's; it has to stay. `address` leads visitors to the page; a name that may
         *     have no CNAME, such as example.com itself, needs that host's addresses instead. `ends_at`: when it is released (`failing`), or not looked
         *     for any more (`pending`), unless the record is found until then.
         */
        DomainView: {
            address: components["schemas"]["RecordView"];
            /** Checked At */
            checked_at: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Ends At */
            ends_at: string | null;
            /** Failing Since */
            failing_since: string | null;
            finding: components["schemas"]["Finding"] | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /** Next Check At */
            next_check_at: string | null;
            proof: components["schemas"]["RecordView"];
            /** Proved At */
            proved_at: string | null;
            status: components["schemas"]["DomainStatus"];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Version */
            version: number;
        };
        /** Domains */
        Domains: {
            /** Items */
            items: components["schemas"]["DomainView"][];
        };
        /**
         * EntryCause
         * @description `kind` is `incident`, or `manual`: one act of a person on several services, `title` being its reason.
         */
        EntryCause: {
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Kind */
            kind: string;
            /** Title */
            title: string;
        };
        /**
         * Finding
         * @description What a look for the record found. `different`: a record of ours with another value; `taken`: the right one, but another organization
         *     holds the name.
         * @enum {string}
         */
        Finding: "found" | "missing" | "different" | "unreachable" | "taken";
        /**
         * GroupEntry
         * @description Without an id a new group is made. Its own services come first, then the groups in it.
         */
        "GroupEntry-Input": {
            /**
             * Collapsed
             * @default false
             */
            collapsed: boolean;
            /**
             * Entries
             * @default []
             */
            entries: components["schemas"]["ServiceEntry-Input"][];
            /**
             * Groups
             * @default []
             */
            groups: components["schemas"]["GroupEntry-Input"][];
            /** Id */
            id?: string | null;
            /** Name */
            name: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "group";
        };
        /**
         * GroupEntry
         * @description A group: its own services in order, then the groups within it. A `collapsed` one shows its services when asked.
         */
        "GroupEntry-Output": {
            /**
             * Collapsed
             * @default false
             */
            collapsed: boolean;
            /**
             * Entries
             * @default []
             */
            entries: components["schemas"]["ServiceEntry-Output"][];
            /**
             * Groups
             * @default []
             */
            groups: components["schemas"]["GroupEntry-Output"][];
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "group";
        };
        /**
         * HistoryEntry
         * @description One change of the status that visitors see. `changed_by` is who did it, as their token named them then; never public.
         *
         *     A `backfilled` one was written down later: nobody saw it then. Where something else was worse at that time, `status` and `previous` are
         *     the same.
         */
        HistoryEntry: {
            /** Backfilled */
            backfilled: boolean;
            cause: components["schemas"]["EntryCause"] | null;
            /**
             * Changed At
             * Format: date-time
             */
            changed_at: string;
            changed_by: components["schemas"]["NamedActor"] | null;
            previous: components["schemas"]["ServiceStatus"];
            status: components["schemas"]["ServiceStatus"];
        };
        /**
         * ImportService
         * @description `history` is how the status changed that visitors saw, the oldest change first.
         */
        ImportService: {
            /** @default operational */
            base_status: components["schemas"]["ServiceStatus"];
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
             * History
             * @default []
             */
            history: components["schemas"]["ImportedChange"][];
            /** Name */
            name: string;
            /** Start Date */
            start_date?: string | null;
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
         * ImportedCause
         * @description `id` is that of an incident of this organization, or of one act of a person on several services. Nothing depends on it.
         */
        ImportedCause: {
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "incident" | "manual";
            /** Title */
            title: string | "";
        };
        /** ImportedChange */
        ImportedChange: {
            cause?: components["schemas"]["ImportedCause"] | null;
            /**
             * Changed At
             * Format: date-time
             */
            changed_at: string;
            changed_by?: components["schemas"]["NamedActor"] | null;
            status: components["schemas"]["ServiceStatus"];
        };
        /**
         * Layout
         * @description The order of groups and services on the page. The aggregate's id is the organization's.
         *
         *     Everybody reads it without internal services, and without groups that hold nothing but those.
         */
        Layout: {
            /**
             * Entries
             * @default []
             */
            entries: (components["schemas"]["ServiceEntry-Output"] | components["schemas"]["GroupEntry-Output"])[];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Version */
            version: number;
        };
        /** Link */
        Link: {
            /** Label */
            label: string;
            /** Url */
            url: string;
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
         * OpenWindow
         * @description A maintenance window that is in progress on a service.
         */
        OpenWindow: {
            /** Id */
            id: string;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            /** Title */
            title: string;
        };
        /** PageLink */
        PageLink: {
            /** Label */
            label: string;
            /** Url */
            url: string;
        };
        /**
         * PageSettings
         * @description An organization's page. The aggregate's id is the organization's. Its days begin in `time_zone`; it shows `history_days` of them.
         */
        PageSettings: {
            /** Accent Color */
            accent_color?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Description */
            description: string;
            /** Favicon Url */
            favicon_url?: string | null;
            /**
             * History Days
             * @default 90
             */
            history_days: number;
            /**
             * Links
             * @default []
             */
            links: components["schemas"]["PageLink"][];
            /** Logo Url */
            logo_url?: string | null;
            /** Name */
            name: string;
            /** Organization Id */
            organization_id: string;
            /**
             * Retired Slugs
             * @default []
             */
            retired_slugs: components["schemas"]["RetiredSlug"][];
            /**
             * Search Engines Allowed
             * @default true
             */
            search_engines_allowed: boolean;
            /** Slug */
            slug: string;
            /** Support Url */
            support_url?: string | null;
            /** @default system */
            theme: components["schemas"]["Theme"];
            /** Time Zone */
            time_zone: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Version */
            version: number;
        };
        /** Page[HistoryEntry] */
        Page_HistoryEntry_: {
            /** Items */
            items: components["schemas"]["HistoryEntry"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /** Page[ServiceView] */
        Page_ServiceView_: {
            /** Items */
            items: components["schemas"]["ServiceView"][];
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
        /** ProvisionPage */
        ProvisionPage: {
            /** Accent Color */
            accent_color?: string | null;
            /**
             * Description
             * @default
             */
            description: string;
            /** Favicon Url */
            favicon_url?: string | null;
            /**
             * History Days
             * @default 90
             */
            history_days: number;
            /**
             * Links
             * @default []
             */
            links: components["schemas"]["Link"][];
            /** Logo Url */
            logo_url?: string | null;
            /** Name */
            name: string;
            /**
             * Search Engines Allowed
             * @default true
             */
            search_engines_allowed: boolean;
            /** Slug */
            slug: string;
            /** Support Url */
            support_url?: string | null;
            /** @default system */
            theme: components["schemas"]["Theme"];
            /**
             * Time Zone
             * @default UTC
             */
            time_zone: string;
        };
        /**
         * RecordView
         * @description What to put into the domain's zone.
         */
        RecordView: {
            /** Name */
            name: string;
            /** Type */
            type: string;
            /** Value */
            value: string;
        };
        /** ReplaceLayout */
        ReplaceLayout: {
            /** Entries */
            entries: (components["schemas"]["ServiceEntry-Input"] | components["schemas"]["GroupEntry-Input"])[];
        };
        /**
         * RetiredSlug
         * @description A former slug: reserved for its organization, and redirecting, until `until`.
         */
        RetiredSlug: {
            /** Slug */
            slug: string;
            /**
             * Until
             * Format: date-time
             */
            until: string;
        };
        /**
         * RoleName
         * @description A role as it is written; `values.Role` orders them.
         * @enum {string}
         */
        RoleName: "viewer" | "responder" | "admin";
        /** ServiceEntry */
        "ServiceEntry-Input": {
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "service";
        };
        /** ServiceEntry */
        "ServiceEntry-Output": {
            /** Id */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "service";
        };
        /**
         * ServiceStatus
         * @description What a service is like, from best to worst; `severity` orders them.
         * @enum {string}
         */
        ServiceStatus: "operational" | "degraded" | "partial_outage" | "major_outage";
        /**
         * ServiceView
         * @description `status` is what visitors see, `base_status` what people set, `causes` what makes the difference.
         *
         *     Maintenance is said beside it: `windows` are those in progress on the service.
         */
        ServiceView: {
            base_status: components["schemas"]["ServiceStatus"];
            /** Causes */
            causes: components["schemas"]["Cause"][];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Deleted At */
            deleted_at: string | null;
            /** Description */
            description: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /** Start Date */
            start_date: string | null;
            status: components["schemas"]["ServiceStatus"];
            /**
             * Status Changed At
             * Format: date-time
             */
            status_changed_at: string;
            /** Under Maintenance */
            under_maintenance: boolean;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Version */
            version: number;
            visibility: components["schemas"]["Visibility"];
            /** Windows */
            windows: components["schemas"]["OpenWindow"][];
        };
        /** Services */
        Services: {
            /** Items */
            items: components["schemas"]["ServiceView"][];
        };
        /** SetStatus */
        SetStatus: {
            status: components["schemas"]["ServiceStatus"];
        };
        /**
         * SetStatuses
         * @description `reason` is what the history of each service says.
         */
        SetStatuses: {
            /** Reason */
            reason?: string | null;
            /** Service Ids */
            service_ids: string[];
            status: components["schemas"]["ServiceStatus"];
        };
        /**
         * Theme
         * @description How the page looks to those whose device has no say in it; `system` follows the device.
         * @enum {string}
         */
        Theme: "system" | "light" | "dark";
        /**
         * Visibility
         * @description Who may see a service, an incident or a window: everybody, or the organization's members alone.
         * @enum {string}
         */
        Visibility: "public" | "internal";
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
    read_caller_api_catalog_v1_caller_get: {
        parameters: {
            query?: never;
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
                    "application/json": components["schemas"]["CallerView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    import_service_api_catalog_v1_imports_services_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportService"];
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
    read_layout_api_catalog_v1_layout_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
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
                    "application/json": components["schemas"]["Layout"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    replace_layout_api_catalog_v1_layout_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceLayout"];
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
                    "application/json": components["schemas"]["Layout"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    read_page_api_catalog_v1_page_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
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
                    "application/json": components["schemas"]["PageSettings"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    provision_page_api_catalog_v1_page_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProvisionPage"];
            };
        };
        responses: {
            /** @description It exists */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSettings"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageSettings"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    change_page_api_catalog_v1_page_patch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePage"];
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
                    "application/json": components["schemas"]["PageSettings"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    list_domains_api_catalog_v1_page_domains_get: {
        parameters: {
            query?: never;
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
                    "application/json": components["schemas"]["Domains"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    add_domain_api_catalog_v1_page_domains_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddDomain"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DomainView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    remove_domain_api_catalog_v1_page_domains__domain_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                domain_id: string;
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
    check_domain_api_catalog_v1_page_domains__domain_id__check_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                domain_id: string;
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
                    "application/json": components["schemas"]["DomainView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    list_services_api_catalog_v1_services_get: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the answer before */
                cursor?: string | null;
                /** @description items in the answer */
                limit?: number;
                /** @description those that can be restored, instead of those that exist */
                deleted?: boolean;
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
                    "application/json": components["schemas"]["Page_ServiceView_"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    create_service_api_catalog_v1_services_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateService"];
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
                    "application/json": components["schemas"]["ServiceView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    set_statuses_api_catalog_v1_services_status_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetStatuses"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Services"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    restore_service_api_catalog_v1_services__deleted_service_id__restore_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deleted_service_id: string;
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
                    "application/json": components["schemas"]["ServiceView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    read_service_api_catalog_v1_services__service_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                service_id: string;
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
                    "application/json": components["schemas"]["ServiceView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    delete_service_api_catalog_v1_services__service_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                service_id: string;
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
    change_service_api_catalog_v1_services__service_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                service_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeService"];
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
                    "application/json": components["schemas"]["ServiceView"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    read_history_api_catalog_v1_services__service_id__history_get: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the answer before */
                cursor?: string | null;
                /** @description items in the answer */
                limit?: number;
                /** @description without what was written down later */
                seen_alone?: boolean;
            };
            header?: never;
            path: {
                service_id: string;
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
                    "application/json": components["schemas"]["Page_HistoryEntry_"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    set_status_api_catalog_v1_services__service_id__status_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                service_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetStatus"];
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
                    "application/json": components["schemas"]["ServiceView"];
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
