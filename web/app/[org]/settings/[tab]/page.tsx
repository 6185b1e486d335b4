/** No tab: the layout says so. */
export default function Page() {
  return null;
}
