/**
 * ISO 4217: the codes in use, with the exponent (digits after the decimal point) of those that do not have 2.
 *
 * Written out rather than asked of `Intl`: its figures are CLDR's, which has 0 digits where ISO 4217 has 2 or 3 for
 * COP, HUF, IDR, IQD, PKR and a dozen more, and they change with the version of Node, while an order must mean the same
 * amount for ever. Codes withdrawn since 2020 are kept, since orders are also imported with the date they had. Codes
 * without an exponent (gold, testing, "no currency") are left out: nothing can be paid in them.
 */
const exponentByCode: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
    CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG
    HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
    MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS
    SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const exponents: ReadonlyMap<string, number> = new Map(
  Object.entries(exponentByCode).flatMap(([exponent, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(exponent)] as const),
  ),
);

/** How many digits a currency's amounts have after the decimal point, by ISO 4217; undefined for an unknown code. */
export function currencyExponent(code: string): number | undefined {
  return exponents.get(code);
}

/** Every ISO 4217 code that an order may be in. */
export function currencyCodes(): string[] {
  return [...exponents.keys()].sort();
}
