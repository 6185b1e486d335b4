// Written by `npm run api` from docs/openapi. Do not edit.

export interface paths {
    "/realtime/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get a ticket for a member's socket */
        post: operations["make_ticket_realtime_v1_tickets_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/realtime/v1/{slug}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a page's events */
        get: operations["events_realtime_v1__slug__events_get"];
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
        /** Ticket */
        Ticket: {
            /**
             * Expires In
             * @description seconds
             */
            expires_in: number;
            /**
             * Ticket
             * @description to be sent as `?ticket=` with one WebSocket
             */
            ticket: string;
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
    make_ticket_realtime_v1_tickets_post: {
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
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            401: components["responses"]["401"];
            429: components["responses"]["429"];
            503: components["responses"]["503"];
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
    events_realtime_v1__slug__events_get: {
        parameters: {
            query?: {
                /** @description the position up to which everything was seen */
                since?: string | null;
                /** @description comma separated: `incident`, `incident.opened` */
                types?: string | null;
            };
            header?: {
                /** @description as `since`, and outranks it */
                "last-event-id"?: string | null;
            };
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One server-sent event for each frame: `id` is the position, `event` the type, `data` the frame. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "X-Accel-Buffering": components["headers"]["X-Accel-Buffering"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description There is no such page */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Too many connections */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Starting or stopping */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            "4XX": components["responses"]["4XX"];
            "5XX": components["responses"]["5XX"];
        };
    };
}
