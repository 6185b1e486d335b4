// Where an outside issuer sends people back to: its driver takes what came, and the page goes on as that of the sign-in.
export { default, metadata } from "@/app/sign-in/page";
