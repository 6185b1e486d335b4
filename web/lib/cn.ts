import { type ClassValue, clsx } from "clsx";
import { twMerge } from "tailwind-merge";

/** Class names, of which a later one wins over an earlier one that says something else of the same. */
export function cn(...classes: ClassValue[]): string {
  return twMerge(clsx(classes));
}
